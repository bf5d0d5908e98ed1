"""Cardinality constraint components (SHACL, 4.2)."""

from collections.abc import Iterator, Mapping

from kg.shacl.components.query import Compiler, Constraint, Query
from kg.shacl.errors import ShapesError
from kg.shacl.seed import GRAPH


def _min_count(constraint: Constraint) -> Iterator[Query]:
    """4.2.1"""
    nodes, least = constraint.nodes, constraint.number
    if least == 1 and nodes.path is not None and not nodes.path.reaches_itself:
        text = f"SELECT ?{GRAPH} ?this WHERE {{ {nodes.focus.pattern} FILTER NOT EXISTS {{ {nodes.reached()} }} }}"
        yield constraint.query("MinCount", text)
    elif least > 0:
        yield constraint.query("MinCount", _counted(constraint, f"< {least}"))


def _max_count(constraint: Constraint) -> Iterator[Query]:
    """4.2.2"""
    yield constraint.query("MaxCount", _counted(constraint, f"> {constraint.number}"))


def _counted(constraint: Constraint, comparison: str) -> str:
    nodes = constraint.nodes
    if nodes.path is None:
        raise ShapesError("a count on a node shape", str(constraint.shape.node))
    return (
        f"SELECT ?{GRAPH} ?this WHERE {{ {nodes.focus.pattern} OPTIONAL {{ {nodes.reached()} }} }} "
        f"GROUP BY ?{GRAPH} ?this HAVING(COUNT(DISTINCT ?value) {comparison})"
    )


COMPILERS: Mapping[str, Compiler] = {"minCount": _min_count, "maxCount": _max_count}
