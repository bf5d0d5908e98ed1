"""The order in which a group asks its triple patterns.

Oxigraph does not order what stands inside EXISTS, and what stands behind a sub-select or in OPTIONAL only with an eye for the
patterns themselves: it joins what it finds for each alone, a scan of the store for every row. A chain of ``LATERAL`` asks one
pattern after the other, each with all that is bound before it; the rows are the same.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from kg.shacl.isolation import Isolation, NotIsolated, Pattern, patterns
from kg.shacl.sparql_text import (
    Alternatives,
    Bind,
    Element,
    Expression,
    Filter,
    Group,
    Optional,
    Token,
    Triples,
    binds,
    inner_groups,
    variables,
)


def steps(block: Triples, fresh: Iterator[int]) -> list[Pattern] | None:
    """The patterns of a block, sequence paths taken apart with variables of their own; ``None`` where they cannot be told."""
    words = block.tokens
    for word, after in zip(words, (*words[1:], None), strict=True):
        signed = word.text in ("+", "-") and after is not None and after.text[:1].isdigit()
        if signed or word.text == "^^" or word.kind == "language":
            return None
    try:
        return [step for pattern in patterns(block) for step in _apart(pattern, fresh)]
    except NotIsolated:
        return None


def _apart(pattern: Pattern, fresh: Iterator[int]) -> Iterator[Pattern]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in pattern.path:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if not depth and token.text in ("|", "^", "!"):
            yield pattern
            return
        if not depth and token.text == "/":
            parts.append([])
        else:
            parts[-1].append(token)
    subject = pattern.subject
    for part in parts[:-1]:
        between = Token("variable", f"?step_{next(fresh)}")
        yield Pattern(subject, tuple(part), between)
        subject = between
    yield Pattern(subject, tuple(parts[-1]), pattern.object)


def ordered(found: Sequence[Pattern], bound: Iterable[str], isolation: Isolation | None = None) -> Iterator[Pattern]:
    """Those with most that is bound first, a bound subject before a bound object; else as they stand.

    Before a step back along a wide property, which meets hundreds of nodes, one to a value of which there are few, or one back along a
    narrow property (``isolation``).
    """
    known = set(bound) - {""}
    left = list(found)
    while left:
        best = max(left, key=lambda pattern: _bound(pattern, known))
        if isolation is not None and best.subject.variable not in known and best.object.variable and isolation.is_wide(best.path):
            others = [other for other in left if other.subject == best.subject]
            best = next((other for other in others if isolation.is_few(other.object)), best)
            if isolation.is_wide(best.path):
                best = next((other for other in others if other.object.variable in known and isolation.is_narrow(other.path)), best)
        left.remove(best)
        known |= best.variables
        yield best


def reached(found: Sequence[Pattern], bound: Iterable[str]) -> list[Pattern]:
    """Those that join what is bound, by way of each other too."""
    known = set(bound)
    left = list(found)
    while joined := [pattern for pattern in left if not pattern.subject.variable or pattern.variables & known]:
        left = [pattern for pattern in left if pattern not in joined]
        known = known.union(*(pattern.variables for pattern in joined))
    return [pattern for pattern in found if pattern not in left]


def _bound(pattern: Pattern, known: set[str]) -> tuple[bool, int]:
    """Whether it joins what is known, and how much of it is fixed."""
    subject, object_ = (not node.variable or node.variable in known for node in (pattern.subject, pattern.object))
    joined = pattern.subject.variable in known or pattern.object.variable in known or not pattern.subject.variable
    return joined, 2 * subject + object_


def asked_early(group: Group, outside: Set[str]) -> Group:
    """A group with the same rows whose conditions can be asked sooner: each that is joined by ``&&`` by itself, and one about what every
    branch of a UNION binds in each branch. ``outside`` is what may be bound where the group stands.
    """
    found = list(chain.from_iterable(_conditions(element) if isinstance(element, Filter) else (element,) for element in group.elements))
    for element in [element for element in found if isinstance(element, Filter) and not inner_groups(element)]:
        names = variables(Group((element,)))
        for place, union in enumerate(found):
            if isinstance(union, Alternatives) and names:
                others = frozenset(outside).union(*(binds(other) for other in found if other is not union))
                if all(names <= _always_binds(branch, others) for branch in union.groups):
                    found[place] = Alternatives(tuple(Group((*branch.elements, element)) for branch in union.groups))
                    found.remove(element)
                    break
    return Group(tuple(found))


def _always_binds(branch: Group, others: Set[str]) -> frozenset[str]:
    """What every row of a branch binds: by its patterns, or by a BIND, which may fail, where nothing else (``others``) binds the same."""
    patterns_ = frozenset[str]().union(*(binds(element) for element in branch.elements if isinstance(element, Triples)))
    return patterns_ | ({element.variable for element in branch.elements if isinstance(element, Bind)} - others)


def _conditions(condition: Filter) -> Iterator[Filter]:
    """The conditions that ``&&`` joins, each in brackets."""
    opening, *inner = condition.expression
    if not (isinstance(opening, Token) and opening.text == "("):
        yield condition
        return
    parts: list[list[Token | Group]] = [[]]
    depth = 0
    for token in inner[:-1]:
        sign = token.text if isinstance(token, Token) else ""
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if not depth and sign == "||":
            yield condition
            return
        if not depth and sign == "&&":
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) == 1:
        yield condition
        return
    for part in parts:
        yield from _conditions(Filter(_in_brackets(part)))


def _in_brackets(part: Sequence[Token | Group]) -> Expression:
    return (Token("sign", "("), *part, Token("sign", ")"))


def is_plain(group: Group, before: Set[str], given: Set[str], *, optional: bool = False) -> bool:
    """Whether a group has the same rows when what stands ``before`` it is bound in it.

    So it is when its parts see the same: they name nothing from outside but what the group's own patterns bind first, or what is
    ``given``: bound throughout by an EXISTS. The conditions of an ``optional`` group see what stands before it anyhow.
    """
    own = set(given)
    for element in group.elements:
        if not isinstance(element, Triples | Filter):
            break
        own |= variables(Group((element,))) if isinstance(element, Triples) else set()
    return all(_sees_the_same(element, before - own, given, optional) for element in group.elements)


def _sees_the_same(element: Element, foreign: Set[str], given: Set[str], optional: bool) -> bool:
    match element:
        case Triples():
            return True
        case Filter():
            return optional or foreign.isdisjoint(variables(Group((element,))))
        case Bind(_, variable):
            return variable not in foreign and foreign.isdisjoint(variables(Group((element,))))
        case Optional(group):
            return foreign.isdisjoint(variables(group))
        case Alternatives(groups):
            return all(is_plain(branch, foreign, given) for branch in groups)
    return False
