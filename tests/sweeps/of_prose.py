"""Sweeps of the rules that read what the prose says, of itself and of tables."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from kg import iri
from kg.ntriples import iri as ref
from kg.ntriples import text
from tests.rules.graphs import DISCLOSURE, FUNCTIONAL, Row, Table, add_passage, graph
from tests.rules.prose import Prose
from tests.sweeps.of_tables import APPROPRIATIONS, BASIC, GENERAL, ITEM, PUBLIC, REVENUE, table
from tests.sweeps.scheme import Print, Said, Same, Sum

_PATH = "社会保障和就业支出/行政事业单位养老支出/"
_AREA = {"whole square metres": Print("平方米", "1"), "square metres with two decimals": Print("平方米", "0.01")}
_RECEPTION = ref(iri.code("line-item", "reception"))
_ALL = "expenditure:total"
_NUMBER = {"vehicles": Print("辆", "1")}


def prose_of(how: Print, *tables: Table) -> Prose:
    """Prose that prints money so, beside the tables."""
    return Prose(graph(*tables), how.step, how.factor)


def said_by(prose: Prose) -> bytes:
    return prose.triples.data


def _kinds(group: str, total: str, kinds: Sequence[str], unit: str = "") -> Callable[[Said, Sequence[Said]], bytes]:
    """A total and what is stated of its kinds, in money or counted; those without a number are 0."""

    def build(stated: Said, addends: Sequence[Said]) -> bytes:
        prose = prose_of(stated.how)
        numbers = [stated.number] + [part.number for part in addends] + ["0"] * (len(kinds) - len(addends))
        for kind, number in zip((total, *kinds), numbers, strict=True):
            prose.fact(f"{group}:{kind}", "" if unit else number, number if unit else "", unit)
        return said_by(prose)

    return build


def _item_changes(stated: Said, addends: Sequence[Said]) -> bytes:
    prose = prose_of(stated.how)
    total = prose.fact("total:general-budget", "1")
    prose.change("基本支出", "1", stated.number, of=total, type="basic")
    for number, part in enumerate(addends):
        prose.change(f"{_PATH}{number}", "1", part.number)
    return said_by(prose)


def _last_year(stated: Said, addends: Sequence[Said]) -> bytes:
    """One source without change against uses without change: each part is the difference of two printed numbers."""
    prose = prose_of(stated.how)
    income, expenditure = prose.fact("total:total-income", stated.number), prose.fact("total:total-expenditure", stated.number)
    prose.change("一般公共预算", stated.number, "0", of=income, fund="general-budget-own")
    rest = Decimal(stated.number) - sum(Decimal(part.number) for part in addends)
    for number, part in enumerate(addends):
        left = rest if number == 0 else Decimal(0)
        prose.change(f"支出{number}", str(Decimal(part.number) + left), str(left), of=expenditure, type="basic")
    return said_by(prose)


def beside(own: bytes, other: bytes) -> bytes:
    """A disclosure and what a rule sees of another, which has an address beside its own and is not typed as a disclosure."""
    seen = [line for line in other.splitlines(keepends=True) if b"ontology#Disclosure>" not in line]
    return own + b"".join(seen).replace(DISCLOSURE.encode(), DISCLOSURE.encode() + b"f")


def _year_before(kind: str, row: str, column: str, grand: str, **said: str) -> Callable[[Said, Sequence[Said]], bytes]:
    """What the year before published in a cell, and an amount less its change that should be as much; ``said`` tells of what."""

    def build(stated: Said, addends: Sequence[Said]) -> bytes:
        (published,) = addends
        before = graph(table(kind, published.how, [Row(grand), Row(row, {column: published.number})]), year=2025)
        prose = prose_of(stated.how)
        prose.add(prose.change("甲", str(2 * Decimal(stated.number)), stated.number), **said)
        return beside(said_by(prose), before.data)

    return build


SUMS = (
    Sum("PRC-001", "", _kinds("procurement", "total", ["goods", "works", "services"]), 3),
    Sum("AST-001", "", _kinds("asset", "vehicles", ["vehicles-general", "vehicles-law-enforcement", "vehicles-other"]), 3),
    Sum(
        "AST-001",
        "number",
        _kinds("asset", "vehicles-number", ["vehicles-general-number", "vehicles-other-number"], "辆"),
        2,
        half_steps=lambda _: 0,
        prints=_NUMBER,
    ),
    Sum("PRJ-011", "the whole", _kinds("area", "total", ["above-ground", "below-ground"], "平方米"), 2, least=2, prints=_AREA),
    Sum(
        "PRJ-011",
        "above ground",
        _kinds("area", "above-ground", ["above-ground-counted", "above-ground-uncounted"], "平方米"),
        2,
        least=2,
        prints=_AREA,
    ),
    Sum("YOY-004", "", _item_changes, 8),
    *(
        Sum("YOY-006", about, build, 1, half_steps=lambda _: 3)
        for about, build in {
            "an item": _year_before(GENERAL, ITEM, "total", "total", functionalCode=ref(f"{FUNCTIONAL}/{ITEM}")),
            "three public": _year_before(PUBLIC, "reception", "total", "total", lineItem=_RECEPTION),
            "income": _year_before(APPROPRIATIONS, "income:total", "total", "expenditure:total", comparedTotal=text("fiscal-subtotal")),
            "a fund": _year_before(APPROPRIATIONS, _ALL, "general-budget", _ALL, comparedTotal=text("fiscal-general-budget")),
        }.items()
    ),
    Sum("YOY-007", "", _last_year, 5, half_steps=lambda addends: 2 * (addends + 1)),
)


def _total(subject: str, kind: str, row: str, column: str = "total") -> Callable[[Said, Said], bytes]:
    """A statement of the prose, and the cell (table, row, column) that says the same."""

    def build(one: Said, other: Said) -> bytes:
        prose = prose_of(one.how, table(kind, other.how, [Row("total"), Row(row, {column: other.number})]))
        prose.fact(subject, one.number)
        return said_by(prose)

    return build


def _share(one: Said, other: Said) -> bytes:
    prose = prose_of(one.how, table(REVENUE, other.how, [Row("total", {"own-funds": other.number})]))
    prose.share("单位资金", one.number, of=prose.fact("total:total-income"), fund="own-funds")
    return said_by(prose)


def _item(one: Said, other: Said) -> bytes:
    prose = prose_of(one.how, table(GENERAL, other.how, [Row("total"), Row(ITEM, {"total": other.number})]))
    prose.share(f"{_PATH}甲", one.number, code=ITEM)
    return said_by(prose)


def _two_statements(subject: str, other_subject: str) -> Callable[[Said, Said], bytes]:
    def build(one: Said, other: Said) -> bytes:
        prose = prose_of(other.how)
        prose.fact(other_subject, other.number)
        prose.fact(subject, one.number)
        return said_by(prose)

    return build


def _operating_cost(*, subordinate_units: bool) -> Callable[[Said, Said], bytes]:
    def build(one: Said, other: Said) -> bytes:
        prose = prose_of(one.how, table(BASIC, other.how, [Row("total", {"running": other.number})]))
        prose.fact("operating-cost:operating-cost", one.number)
        if not subordinate_units:
            add_passage(prose.triples, "no-subordinate-units")
        return said_by(prose)

    return build


def _unit_and_department(one: Said, other: Said) -> bytes:
    unit = graph(table(GENERAL, one.how, [Row(ITEM, {"total": one.number})]), disclosureKind=ref(iri.code("disclosure-kind", "unit")))
    whole = graph(table(GENERAL, other.how, [Row("total"), Row(ITEM, {"total": other.number})]))
    return beside(unit.data, whole.data)


SAMES = (
    Same("NAR-001", "a total", _total("total:total-income", REVENUE, "total")),
    Same("NAR-001", "an appropriation", _total("total:fiscal-general-budget", APPROPRIATIONS, "income:general-budget")),
    Same("NAR-001", "running cost", _total("total:running-cost", BASIC, "total", "running")),
    Same("NAR-001", "a source", _share),
    Same("NAR-001", "an item", _item),
    Same("NAR-006", "", _two_statements("total:total-income", "total:total-budget"), coarser=()),
    Same("OPR-001", "no subordinate units", _operating_cost(subordinate_units=False)),
    Same("OPR-001", "subordinate units", _operating_cost(subordinate_units=True), fails=(1,)),
    Same("PRC-002", "micro", _two_statements("procurement:small-and-micro", "procurement:small-and-medium"), fails=(1,), coarser=()),
    Same("PRC-002", "small and medium", _two_statements("procurement:small-and-medium", "procurement:total"), fails=(1,), coarser=()),
    Same("XT-013", "", _unit_and_department, fails=(1,)),
    Same("SG-005", "", _total("three-public:reception", PUBLIC, "reception")),
)
