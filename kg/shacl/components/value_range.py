"""Value range constraint components (SHACL, 4.3): what cannot be compared breaks them."""

from collections.abc import Iterator, Mapping

from kg.shacl.components.query import Compiler, Constraint, Query, constant


def _range(name: str, comparison: str) -> Compiler:
    def compile_(constraint: Constraint) -> Iterator[Query]:
        holds = f"?value {comparison} {constant(constraint.value)}"
        yield constraint.query(name, constraint.nodes.where(f"!COALESCE({holds}, false)"))

    return compile_


COMPILERS: Mapping[str, Compiler] = {
    "minExclusive": _range("MinExclusive", ">"),
    "minInclusive": _range("MinInclusive", ">="),
    "maxExclusive": _range("MaxExclusive", "<"),
    "maxInclusive": _range("MaxInclusive", "<="),
}
