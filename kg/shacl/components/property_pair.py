"""Property pair constraint components (SHACL, 4.5)."""

from collections.abc import Iterator, Mapping

from kg.shacl.components.query import Compiler, Constraint, Query
from kg.shacl.errors import ShapesError
from kg.shacl.seed import GRAPH


def _equals(constraint: Constraint) -> Iterator[Query]:
    """4.5.1: a result for each value that only one of the two has."""
    nodes, other = constraint.nodes, _other(constraint)
    yield constraint.query("Equals", nodes.where(f"NOT EXISTS {{ {other.format('value')} }}"))
    text = f"SELECT DISTINCT ?{GRAPH} ?this ?value WHERE {{ {nodes.focus.pattern} {other.format('value')} FILTER NOT EXISTS {{ %s }} }}"
    if nodes.path is None:
        yield constraint.query("Equals", text.replace("NOT EXISTS { %s }", "(!SAMETERM(?this, ?value))"))
    else:
        missing = f"{{ {nodes.focus.pattern} {nodes.reached()} }}" if nodes.path.reaches_itself else nodes.reached()
        yield constraint.query("Equals", text.replace("%s", missing))


def _disjoint(constraint: Constraint) -> Iterator[Query]:
    """4.5.2"""
    yield constraint.query("Disjoint", constraint.nodes.where(f"EXISTS {{ {_other(constraint).format('value')} }}"))


def _ordered(name: str, comparison: str) -> Compiler:
    """4.5.3, 4.5.4: a result for each pair out of order or not comparable."""

    def compile_(constraint: Constraint) -> Iterator[Query]:
        if constraint.nodes.path is None:
            raise ShapesError(f"sh:{name[0].lower()}{name[1:]} on a node shape", str(constraint.shape.node))
        pattern = f"{constraint.nodes.pattern} {_other(constraint).format('other')}"
        condition = f"FILTER(!COALESCE(?value {comparison} ?other, false))"
        yield constraint.query(name, f"SELECT DISTINCT ?{GRAPH} ?this ?value ?other WHERE {{ {pattern} {condition} }}")

    return compile_


def _other(constraint: Constraint) -> str:
    return f"?this {constraint.iri} ?{{}} ."


COMPILERS: Mapping[str, Compiler] = {
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _ordered("LessThan", "<"),
    "lessThanOrEquals": _ordered("LessThanOrEquals", "<="),
}
