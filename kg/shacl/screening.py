"""Core constraints that nothing can break, by what is counted of the data: most properties of most data, without a query.

Conservative: what is said here holds for every node of the data; where that is not so the query decides.
"""

import re
from collections.abc import Callable, Mapping, Set
from itertools import repeat

import pyoxigraph as ox

from kg.shacl.components.query import Constraint
from kg.shacl.facts import Facts
from kg.shacl.vocabulary import XSD, sh

_WELL_FORMED = {
    "decimal": r"[+-]?[0-9]{1,15}(\.[0-9]{1,3})?",
    "integer": r"[+-]?[0-9]{1,18}",
    "boolean": r"true|false|0|1",
    "date": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
    "gYear": r"[0-9]{4}",
}


def is_kept(name: str, constraint: Constraint, facts: Facts, focus: Callable[[], Set[str]]) -> bool:
    """Whether no node can break a constraint. ``focus`` gives its focus nodes as N-Triples writes them."""
    path = constraint.nodes.path
    if path is None or not path.predicate:
        return False
    predicate = f"<{path.predicate}>"
    if name == "minCount":
        return constraint.number <= 1 and facts.having.issuperset(zip(focus(), repeat(predicate)))
    if name == "maxCount":
        return constraint.number >= 1 and facts.uses[predicate] == facts.bearers[predicate]
    check = _CHECKS.get(name)
    return check is not None and check(constraint, facts, facts.values.get(predicate, frozenset()))


def _datatype(constraint: Constraint, facts: Facts, values: Set[str]) -> bool:
    name = constraint.value.value.removeprefix(XSD)
    if name == "string":
        return all(value[0] == '"' == value[-1] for value in values)
    form = _WELL_FORMED.get(name)
    return form is not None and all(map(re.compile(rf'"({form})"\^\^<{XSD}{name}>').fullmatch, values))


def _node_kind(constraint: Constraint, facts: Facts, values: Set[str]) -> bool:
    first = {sh("IRI"): "<", sh("BlankNodeOrIRI"): "<", sh("Literal"): '"', sh("BlankNodeOrLiteral"): '"'}
    wanted = first.get(constraint.value) if isinstance(constraint.value, ox.NamedNode) else None
    return wanted is not None and all(value[0] == wanted for value in values)


def _class(constraint: Constraint, facts: Facts, values: Set[str]) -> bool:
    return values <= facts.instances.get(str(constraint.value), frozenset())


def _in(constraint: Constraint, facts: Facts, values: Set[str]) -> bool:
    return values <= {str(item) for item in constraint.shapes.items(constraint.value)}


def _min_length(constraint: Constraint, facts: Facts, values: Set[str]) -> bool:
    return all(value[0] == '"' == value[-1] and "\\" not in value and len(value) - 2 >= constraint.number for value in values)


_CHECKS: Mapping[str, Callable[[Constraint, Facts, Set[str]], bool]] = {
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "class": _class,
    "in": _in,
    "minLength": _min_length,
}
