"""Where a statement is printed, as a citation: document, table, row, page or line, printed text, hash of the file."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg.queries import named
from kg.store import Reader
from kg.terms import PREFIXES, TERMS

_TYPE, _LABEL = f"{PREFIXES['rdf']}type", f"{PREFIXES['rdfs']}label"
_TITLE = f"{PREFIXES['dcterms']}title"
_TABLES = (f"{PREFIXES['qb']}dataSet", "inTable")
_DERIVED = f"{PREFIXES['prov']}wasDerivedFrom"
_HOLDERS = ("standardOf", "allocationOf", "targetOf")


@dataclass(frozen=True)
class Citation:
    """``start`` and ``end`` are offsets into the source text, -1 where they are not known; ``line`` and ``page`` 0."""

    statement: str
    disclosure: str
    document: str
    issuer: str
    file: str
    sha256: str
    table: str = ""
    label: str = ""
    printed: str = ""
    line: int = 0
    page: int = 0
    start: int = -1
    end: int = -1

    def fields(self) -> dict[str, Any]:
        """What is known, for JSON."""
        return {name: value for name, value in asdict(self).items() if value not in ("", 0, -1) or (name == "start" and value == 0)}

    @cached_property
    def place(self) -> str:
        """Table, row and line or page in one line."""
        where = f"p. {self.page}" if self.page else f"line {self.line}" if self.line else ""
        if not where and self.start >= 0:
            where = f"characters {self.start}–{self.end}" if self.end >= 0 else f"character {self.start}"
        return ", ".join(part for part in (self.table, self.label, where, f"“{self.printed}”" if self.printed else "") if part)


def cite(reader: Reader, statement: str) -> Citation | None:
    """Where a figure, a row, a table or a statement of the prose is printed; a disclosure is cited as a whole. ``None`` for what no
    document prints. Only subjects are looked up, which costs next to nothing however large the store is."""
    own = _Said(reader, statement)
    if own.is_link:
        return cite(reader, own.first(_DERIVED)) if own.first(_DERIVED) else None
    table = _Said(reader, own.first(*_TABLES))
    row = _Said(reader, own.first("row")) if own.first("row") else own
    holder = _Said(reader, own.first(*_HOLDERS))
    holders = (own, table, holder, _Said(reader, holder.first("sheetOf")) if holder.first("sheetOf") else holder)
    address = statement if own.is_disclosure else next((found for each in holders if (found := each.first("inDisclosure"))), "")
    document = _Said(reader, address)
    if not document.is_disclosure:
        return None
    start = int(own.first("sourceStart") or -1)
    printed = own.first("printedText")
    end = int(own.first("sourceEnd")) if own.first("sourceEnd") else start + len(printed) if printed and start >= 0 else -1
    whole = own.is_disclosure
    return Citation(
        statement=statement,
        disclosure=address,
        document=document.label,
        issuer=document.first("issuerName"),
        file=document.first("fileName"),
        sha256=document.first("sha256"),
        table=" ".join(part for part in (table.first("printedNumber"), table.first(_TITLE)) if part),
        label="" if whole else row.first("printedLabel") or own.label,
        printed=printed,
        line=0 if whole else int(own.first("sourceLine") or row.first("sourceLine") or 0),
        page=0 if whole else int(own.first("sourcePage") or row.first("sourcePage") or table.first("sourcePage") or 0),
        start=-1 if whole else start,
        end=-1 if whole else end,
    )


def cite_all(reader: Reader, statements: Iterable[str]) -> dict[str, Citation]:
    """Statement → place, those that have one."""
    found = {statement: cite(reader, statement) for statement in dict.fromkeys(statements) if statement}
    return {statement: place for statement, place in found.items() if place is not None}


class _Said:
    """What is said of one thing: property → the first value by text. Terms of the ontology are asked for by their local name."""

    def __init__(self, reader: Reader, thing: str) -> None:
        self._values: dict[str, str] = {}
        self._types: set[str] = set()
        if not thing:
            return
        answer = reader.query(named("statements-of"), {"subject": ox.NamedNode(thing)})
        assert isinstance(answer, ox.QuerySolutions)
        for solution in answer:
            name, value = solution["predicate"].value, solution["object"]
            text = value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""
            if name == _TYPE:
                self._types.add(text)
            self._values[name] = min(self._values.get(name, text), text)

    @property
    def is_disclosure(self) -> bool:
        return f"{TERMS}Disclosure" in self._types

    @property
    def is_link(self) -> bool:
        """Whether it is a link across documents, which is printed where its evidence is."""
        return f"{TERMS}Link" in self._types

    @property
    def label(self) -> str:
        return self._values.get(_LABEL, "")

    def first(self, *names: str) -> str:
        """The value of the first of these properties that there is; empty for none."""
        full = (name if ":" in name else TERMS + name for name in names)
        return next((self._values[name] for name in full if name in self._values), "")
