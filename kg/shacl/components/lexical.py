"""Which texts a datatype of XML Schema allows (XML Schema 1.1 Part 2), as conditions on ``?value``."""

from kg.shacl.vocabulary import XSD

_CAST = ("boolean", "decimal", "double", "float", "date", "dateTime", "time")
"""SPARQL engines convert these; what cannot be converted is not allowed."""
WHOLE_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_ZONE = r"(Z|[+\\-][0-9]{2}:[0-9]{2})?"
_PATTERNS = {
    "gYear": rf"^-?[0-9]{{4,}}{_ZONE}$",
    "gYearMonth": rf"^-?[0-9]{{4,}}-[0-9]{{2}}{_ZONE}$",
    "gMonth": rf"^--[0-9]{{2}}{_ZONE}$",
    "gDay": rf"^---[0-9]{{2}}{_ZONE}$",
    "gMonthDay": rf"^--[0-9]{{2}}-[0-9]{{2}}{_ZONE}$",
    "hexBinary": "^([0-9a-fA-F]{2})*$",
}


def well_formed(datatype: str) -> str:
    """A condition that holds of literals of this datatype with an allowed text; empty where any text is allowed or nothing is known."""
    name = datatype.removeprefix(XSD)
    if name in _CAST:
        return f"COALESCE(ISLITERAL(<{datatype}>(STR(?value))), false)"
    if name in WHOLE_NUMBERS:
        least, most = WHOLE_NUMBERS[name]
        bounds = [f"<{XSD}decimal>(STR(?value)) {sign} {end}.0" for sign, end in ((">=", least), ("<=", most)) if end is not None]
        conditions = ['REGEX(STR(?value), "^[+\\\\-]?[0-9]+$")', *bounds]
        return f"COALESCE({' && '.join(conditions)}, false)"
    if name in _PATTERNS:
        return f'REGEX(STR(?value), "{_PATTERNS[name]}")'
    return ""
