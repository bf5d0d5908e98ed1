"""What took part in a check, where it is printed, and how it reads: asked of the graph, never guessed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.resources import files

import pyoxigraph as ox

from kg.store import Reader, Term
from kg.validate.context import Context
from kg.validate.finding import Locator, OperandRole, Stated
from kg.validate.rules import Bilingual, Query, Rule

BLANK = "∅"
"""How a blank cell reads in an expression."""
UNITS = {Decimal(1): Bilingual("元", " 元"), Decimal(10000): Bilingual("万元", " 万元"), Decimal(100000000): Bilingual("亿元", " 亿元")}
Check = tuple[str, str, str]
"""What identifies a check of a rule: focus node, value and item."""
Row = Mapping[str, ox.NamedNode | ox.Literal]


def rows(reader: Reader, query: str, **bindings: Term) -> list[Row]:
    """The solutions of a SELECT, unbound variables left out, doubles dropped, in the order of first appearance."""
    answer = reader.query(query, bindings)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    found: dict[tuple[object, ...], Row] = {}
    for solution in answer:
        row = {name: solution[name] for name in names if isinstance(solution[name], ox.NamedNode | ox.Literal)}
        found.setdefault(tuple(row.items()), row)
    return list(found.values())


def amount(term: ox.NamedNode | ox.Literal | None) -> Decimal | None:
    """The exact number of a numeric literal; ``None`` for anything else."""
    if isinstance(term, ox.Literal) and term.datatype.value.endswith(("#decimal", "#integer")):
        return Decimal(term.value)
    return None


@dataclass(frozen=True)
class Operand:
    """A thing that took part, with what its table says of numbers: ``factor`` 元 per printed unit, ``step`` u in 元."""

    locator: Locator
    amount: Decimal | None
    factor: Decimal
    step: Decimal

    def say(self, value: Decimal, *, with_unit: bool) -> Bilingual:
        """An amount in 元 as this operand's table would print it."""
        printed = value / self.factor
        step = self.step / self.factor
        exact = printed.quantize(step)
        number = f"{exact if exact == printed else printed.normalize():f}"
        unit = UNITS.get(self.factor, Bilingual()) if with_unit else Bilingual()
        return Bilingual(number + unit.zh, number + unit.en)


class Evidence:
    """Asks one disclosure's graph for what rules rest on."""

    def __init__(self, reader: Reader, context: Context) -> None:
        self.reader = reader
        self.context = context
        self._operands: dict[str, Mapping[Check, tuple[Operand, ...]]] = {}

    @cached_property
    def _locator_query(self) -> str:
        return (files("kg.validate") / "locator.rq").read_text("utf-8")

    def operands(self, rule: Rule) -> Mapping[Check, tuple[Operand, ...]]:
        """For every check that the rule makes, held or not: what takes part, in the order of the page."""
        if rule.id not in self._operands:
            found: dict[Check, list[Operand]] = defaultdict(list)
            for query in rule.operands:
                for row in rows(self.reader, query.select):
                    check = (row["this"].value, row["value"].value, row["item"].value if "item" in row else "")
                    found[check].append(self.operand(row["operand"].value, OperandRole(row["operandRole"].value)))
            self._operands[rule.id] = {check: tuple(sorted(things, key=_page_order)) for check, things in found.items()}
        return self._operands[rule.id]

    def operand(self, thing: str, role: OperandRole) -> Operand:
        """A figure, row or table as an operand; a thing that no table holds has only its address."""
        found = rows(self.reader, self._locator_query, thing=ox.NamedNode(thing))
        row = found[0] if found else {}
        texts = {name: term.value for name, term in row.items()}
        line = texts.get("rowLine", texts.get("tableLine"))
        locator = Locator(
            thing=thing,
            role=role,
            table=texts.get("kind", "").rsplit("/", 1)[-1],
            row=texts.get("key", ""),
            column=texts.get("column", ""),
            label=texts.get("label", texts.get("title", "")),
            printed=texts.get("printed", ""),
            line=int(line) if line else None,
            start=int(texts["start"]) if "start" in texts else None,
            end=int(texts["end"]) if "end" in texts else None,
        )
        return Operand(locator, amount(row.get("amount")), Decimal(texts.get("factor", "1")), Decimal(texts.get("step", "0.01")))

    def name(self, term: ox.NamedNode | ox.Literal) -> Bilingual:
        """A thing in words: a concept by its label, a figure by its row and print; a text is its own name."""
        if isinstance(term, ox.Literal):
            return Bilingual(term.value, term.value)
        if name := self.context.name(term.value):
            return name
        locator = self.operand(term.value, OperandRole.STATED).locator
        words = " ".join(part for part in (locator.label or locator.row, locator.printed) if part) or term.value.rsplit("/", 1)[-1]
        return Bilingual(words, words)

    def reasons(self, queries: Iterable[Query]) -> Bilingual:
        """The messages of the companion queries that find something, with what they find; empty when none does."""
        said: list[Bilingual] = []
        for query in queries:
            missing = [row["missing"] for row in rows(self.reader, query.select)]
            if missing:
                names = sorted({self.name(term) for term in missing}, key=lambda name: name.zh)
                words = Bilingual("、".join(name.zh for name in names), ", ".join(name.en for name in names))
                count = str(len(missing))
                said.append(fill(query.message, {"missing": words, "count": Bilingual(count, count)}))
        return Bilingual("；".join(words.zh for words in said), "; ".join(words.en for words in said))


def fill(message: Bilingual, values: Mapping[str, Bilingual]) -> Bilingual:
    """A message with its ``{?name}`` places filled."""
    zh, en = message.zh, message.en
    for name, value in values.items():
        zh, en = zh.replace(f"{{?{name}}}", value.zh), en.replace(f"{{?{name}}}", value.en)
    return Bilingual(zh, en)


def expression(operands: Iterable[Operand], expected: Stated, actual: Stated) -> str:
    """The arithmetic as printed: ``62.46 + 31.23 + 6.55 = 100.24 ≠ 100.25``; units where they differ; empty without numbers."""
    by_role: dict[OperandRole, list[Operand]] = defaultdict(list)
    for operand in operands:
        if operand.amount is not None:
            by_role[operand.locator.role].append(operand)
    mixed = len({operand.factor for group in by_role.values() for operand in group}) > 1
    stated = _printed(by_role[OperandRole.STATED], mixed)
    addends = by_role[OperandRole.ADDEND]
    if isinstance(expected, str) and isinstance(actual, str):
        return f"{actual} ≠ {expected}"
    if not isinstance(expected, Decimal):
        return ", ".join(operand.locator.printed for operand in by_role[OperandRole.UNPLACED])
    if len(addends) > 1:
        total = addends[0].say(expected, with_unit=mixed).zh
        return f"{' + '.join(_printed([operand], mixed) for operand in addends)} = {total} ≠ {stated}"
    return f"{_printed(addends or by_role[OperandRole.SAME], mixed)} ≠ {stated}"


def _printed(operands: list[Operand], with_unit: bool) -> str:
    if not operands:
        return BLANK
    unit = UNITS.get(operands[0].factor, Bilingual()).zh if with_unit else ""
    return operands[0].locator.printed.strip() + unit


def _page_order(operand: Operand) -> tuple[int, int, int, str]:
    locator = operand.locator
    return (list(OperandRole).index(locator.role), locator.line or 0, locator.start or 0, locator.thing)
