"""What took part in a check, where it is printed, and how it reads: asked of the graph, never guessed."""

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Self

import pyoxigraph as ox

from kg.store import Answer
from kg.subjects import SUBJECTS
from kg.terms import TERMS
from kg.validate.context import Context
from kg.validate.finding import Locator, OperandRole, Stated
from kg.validate.rules import Bilingual, Query, Rule

BLANK = "∅"
"""How a blank cell reads in an expression."""
UNITS = {Decimal(1): Bilingual("元", " 元"), Decimal(10000): Bilingual("万元", " 万元"), Decimal(100000000): Bilingual("亿元", " 亿元")}
Check = tuple[str, str, str]
"""What identifies a check of a rule: focus node, value and item."""
Row = Mapping[str, ox.NamedNode | ox.Literal]
_NOTHING: Row = MappingProxyType({})
_MONEY = ("元", "万元", "亿元")
_NO_DIMENSION = "1"
_PROSE_FACTOR, _PROSE_STEP = Decimal(10000), Decimal(100)
"""Sentences and performance sheets print money in 万元 with two decimals, or as many as they need."""


def rows(answer: Answer) -> list[Row]:
    """The solutions of a SELECT, unbound variables left out, doubles dropped, in the order of first appearance."""
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
class Lines:
    """Where the lines of a source text begin, so that an offset has a line; without a text no offset has one."""

    starts: tuple[int, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        return cls((0, *(match.end() for match in re.finditer("\n", text))))

    def at(self, offset: int) -> int | None:
        """The line of an offset, from 1."""
        return bisect_right(self.starts, offset) or None


@dataclass(frozen=True)
class OtherText:
    """The text of another disclosure that takes part: the name of its file, and its lines."""

    name: str
    lines: Lines


@dataclass(frozen=True)
class Operand:
    """A thing that took part. ``amount`` is in 元 where it is money; ``factor`` is how many of it one printed unit is (10,000 for
    万元), ``step`` the smallest difference that its place prints, ``unit`` what stands behind its number."""

    locator: Locator
    amount: Decimal | None
    factor: Decimal
    step: Decimal
    unit: Bilingual

    @property
    def counts(self) -> str:
        """What its number counts where it is no money, ``1`` for a bare number; empty for money."""
        return "" if self.unit in UNITS.values() else self.unit.zh.strip() or _NO_DIMENSION

    def say(self, value: Decimal, *, with_unit: bool) -> Bilingual:
        """A value as the place of this operand would print it."""
        printed = value / self.factor
        step = self.step / self.factor
        exact = printed.quantize(step)
        number = f"{exact if exact == printed else printed.normalize():f}"
        unit = self.unit if with_unit else Bilingual()
        return Bilingual(number + unit.zh, number + unit.en)


class Evidence(ABC):
    """What the rules rest on in one disclosure's graph."""

    def __init__(self, context: Context, lines: Lines | None = None, others: Mapping[str, OtherText] | None = None) -> None:
        self.context = context
        self.lines = lines or Lines()
        self.others = others or {}
        self._checks: dict[str, Mapping[Check, tuple[Row, ...]]] = {}

    @abstractmethod
    def asked(self, query: Query) -> Sequence[Row]:
        """What a companion of a rule finds in this disclosure."""

    @abstractmethod
    def located(self, thing: str) -> Row:
        """What the graph says of where a thing is printed (``locator.rq``); nothing of a thing that it does not know."""

    def checks(self, rule: Rule) -> Mapping[Check, tuple[Row, ...]]:
        """For every check that the rule makes, held or not: what takes part, as the rule's companions select it."""
        if rule.id not in self._checks:
            found: dict[Check, list[Row]] = defaultdict(list)
            for query in rule.operands:
                for row in self.asked(query):
                    found[row["this"].value, row["value"].value, row["item"].value if "item" in row else ""].append(row)
            self._checks[rule.id] = {check: tuple(taking_part) for check, taking_part in found.items()}
        return self._checks[rule.id]

    def operands(self, rule: Rule, check: Check) -> tuple[Operand, ...]:
        """What takes part in one check, in the order of the page; nothing when the companions do not know the check."""
        found = (self.operand(row["operand"].value, OperandRole(row["operandRole"].value), row) for row in self.checks(rule).get(check, ()))
        return tuple(sorted(found, key=_page_order))

    def operand(self, thing: str, role: OperandRole, said: Row = _NOTHING) -> Operand:
        """A figure, row, table or statement as an operand; a thing of which nothing is said has only its address.

        ``said`` may give ``operandValue`` and ``operandUnit``: the number that takes part where it is not the amount of the thing.
        """
        row = self.located(thing)
        texts = {name: term.value for name, term in row.items()}
        start, end = (int(texts[name]) if name in texts else None for name in ("start", "end"))
        line = texts.get("rowLine") or texts.get("tableLine") or texts.get("line")
        number = amount(said.get("operandValue"))
        value = number if number is not None else amount(row.get("amount", row.get("quantity")))
        unit = said["operandUnit"].value if "operandUnit" in said else "" if "amount" in row or "factor" in row else texts.get("unit", "")
        factor, step, words = _measure(texts, unit)
        printed = texts.get("printed", "") if number is None else ""
        locator = Locator(
            thing=thing,
            role=role,
            kind=texts.get("class", "").removeprefix(TERMS),
            table=texts.get("kind", "").rsplit("/", 1)[-1],
            row=texts.get("key", ""),
            column=texts.get("column", ""),
            label=next((texts[name] for name in ("label", "subject", "name", "title") if name in texts), ""),
            printed=printed,
            line=int(line) if line else self.lines.at(start) if start is not None else None,
            start=start,
            end=end,
            place=self._place(texts),
            page=int(texts["page"]) if "page" in texts else None,
            box=texts.get("box", ""),
        )
        locator = self._elsewhere(locator, start)
        operand = Operand(locator, value, factor, step, words)
        if printed or value is None:
            return operand if printed else replace(operand, locator=replace(locator, printed=texts.get("printed", texts.get("text", ""))))
        return replace(operand, locator=replace(locator, printed=operand.say(value, with_unit=True).zh))

    def _elsewhere(self, locator: Locator, start: int | None) -> Locator:
        """The locator of a thing of another disclosure: file and line stand in its place, since all else is about this text."""
        other = next((text for disclosure, text in self.others.items() if locator.thing.startswith(f"{disclosure}/")), None)
        if other is None:
            return locator
        line = other.lines.at(start) if start is not None else locator.line
        zh = f"{other.name}" + (f"第 {line} 行" if line else "")
        en = f"{other.name}" + (f" line {line}" if line else "")
        place = Bilingual(f"{zh}，{locator.place.zh}", f"{en}, {locator.place.en}")
        return replace(locator, place=place, line=None, start=None, end=None, page=None, box="")

    def _place(self, texts: Mapping[str, str]) -> Bilingual:
        """Table, row and column in words, or the class of a statement and what it is about."""
        label = texts.get("label", "")
        if "kind" in texts:
            number = f"表{texts['number']} " if texts.get("number", "").isdigit() else ""
            table = self.context.name(texts["kind"])
            row = " ".join(part for part in (texts.get("key", "") if texts.get("key", "").isdigit() else "", label) if part)
            column = self.context.name(texts["column"]) if "column" in texts else Bilingual()
            zh = (f"{number}{table.zh}", row, column.zh and f"“{column.zh}”列")
            en = (table.en or table.zh, row, column.en and f"column “{column.en}”")
        else:
            subject = next((texts[name] for name in ("subject", "name") if name in texts), "")
            kind, about = self.context.name(texts.get("class", "")), _in_words(subject)
            zh, en = (kind.zh, about.zh, ""), (kind.en, about.en, "")
        return Bilingual("，".join(part for part in zh if part), ", ".join(part for part in en if part))

    def name(self, term: ox.NamedNode | ox.Literal) -> Bilingual:
        """A thing in words: a concept by its label, a figure by its row and print, the key of a subject; a text is its own name."""
        if isinstance(term, ox.Literal):
            return _in_words(term.value)
        if name := self.context.name(term.value):
            return name
        locator = self.operand(term.value, OperandRole.STATED).locator
        about = _in_words(locator.label or locator.row)
        zh, en = (" ".join(part for part in (name, locator.printed) if part) for name in (about.zh, about.en))
        last = term.value.rsplit("/", 1)[-1]
        return Bilingual(zh or last, en or last)

    def reasons(self, queries: Iterable[Query]) -> Bilingual:
        """The messages of the companion queries that find something, with what they find; empty when none does."""
        said: list[Bilingual] = []
        for query in queries:
            missing = [row["missing"] for row in self.asked(query)]
            if missing:
                names = sorted({self.name(term) for term in missing}, key=lambda name: name.zh)
                words = Bilingual("、".join(name.zh for name in names), ", ".join(name.en for name in names))
                count = str(len(missing))
                said.append(fill(query.message, {"missing": words, "count": Bilingual(count, count)}))
        return joined(said)


def _in_words(subject: str) -> Bilingual:
    """What a statement is about: a key in words, a printed name as it is."""
    return Bilingual(*SUBJECTS.get(subject, (subject, subject)))


def joined(said: Iterable[Bilingual]) -> Bilingual:
    """Several sayings as one."""
    said = tuple(said)
    return Bilingual("；".join(words.zh for words in said), "; ".join(words.en for words in said))


def fill(message: Bilingual, values: Mapping[str, Bilingual]) -> Bilingual:
    """A message with its ``{?name}`` places filled."""
    zh, en = message.zh, message.en
    for name, value in values.items():
        zh, en = zh.replace(f"{{?{name}}}", value.zh), en.replace(f"{{?{name}}}", value.en)
    return Bilingual(zh, en)


def _measure(texts: Mapping[str, str], unit: str) -> tuple[Decimal, Decimal, Bilingual]:
    """Factor, step and unit: those of the table, of the unit given, or of money in prose."""
    if "factor" in texts and not unit:
        factor = Decimal(texts["factor"])
        return factor, Decimal(texts["step"]), UNITS.get(factor, Bilingual())
    if not unit or unit in _MONEY:
        return _PROSE_FACTOR, _PROSE_STEP, UNITS[_PROSE_FACTOR]
    if unit == _NO_DIMENSION:
        return Decimal(1), Decimal(1), Bilingual()
    return Decimal(1), Decimal("0.01") if unit == "%" else Decimal(1), Bilingual(unit, unit if unit == "%" else f" {unit}")


def expression(operands: Iterable[Operand], expected: Stated, actual: Stated) -> str:
    """The arithmetic as printed: ``62.46 + 31.23 + 6.55 = 100.24 ≠ 100.25``, ``86000人 × 180元 = 1548.00 ≠ 1563.52``.

    Units where they differ; empty without numbers.
    """
    by_role: dict[OperandRole, list[Operand]] = defaultdict(list)
    for operand in operands:
        if operand.amount is not None:
            by_role[operand.locator.role].append(operand)
    reckoned = [(sign, operand) for role, sign in _SIGNS.items() for operand in by_role[role]]
    stated, same = by_role[OperandRole.STATED], by_role[OperandRole.SAME]
    mixed = len({operand.unit for operand in (*stated, *same, *(operand for _, operand in reckoned))}) > 1
    said = _printed(stated, mixed)
    if isinstance(expected, str) and isinstance(actual, str):
        return f"{actual} ≠ {expected}"
    if not isinstance(expected, Decimal):
        return ", ".join(operand.locator.printed for operand in by_role[OperandRole.UNPLACED])
    if len(reckoned) > 1:
        terms = "".join(f"{sign if number else ''}{_printed([operand], mixed)}" for number, (sign, operand) in enumerate(reckoned))
        total = (stated or [operand for _, operand in reckoned])[0].say(expected, with_unit=mixed).zh
        return f"{terms} = {total} ≠ {said}"
    return f"{_printed([operand for _, operand in reckoned] or same, mixed)} ≠ {said}"


_SIGNS = {OperandRole.ADDEND: " + ", OperandRole.SUBTRAHEND: " − ", OperandRole.FACTOR: " × ", OperandRole.DIVISOR: " ÷ "}


def _printed(operands: list[Operand], with_unit: bool) -> str:
    """The first operand's number as printed, with its unit where units are mixed."""
    if not operands:
        return BLANK
    first = operands[0]
    printed = first.locator.printed.strip()
    unit = first.unit.zh.strip()
    bare = printed.removesuffix(unit) if unit else printed
    return bare + unit if with_unit or unit == "%" else bare


def _page_order(operand: Operand) -> tuple[int, int, int, str, Decimal]:
    locator = operand.locator
    return (list(OperandRole).index(locator.role), locator.line or 0, locator.start or 0, locator.thing, operand.amount or Decimal(0))
