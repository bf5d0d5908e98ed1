"""What the document says of changes against last year, and what last year's document printed where it is held."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from web.site import Row, View

CHANGES_SHOWN = 40


@dataclass(frozen=True)
class Change:
    """A printed change. Amounts are in 元 and signed, ``percent`` is signed as the change is; ``None``: not printed.

    ``base_year`` and ``base_phase`` are empty where the base is last year's budget; ``code`` is an IRI or empty; ``whole`` is the
    subject of the total that it is a part of, or empty.
    """

    statement: str
    subject: str
    code: str
    line_item: str
    amount: Decimal | None
    change: Decimal
    percent: Decimal | None
    reason: str
    start: int | None
    end: int | None
    base_year: str
    base_phase: str
    whole: str

    @property
    def is_new(self) -> bool:
        """Whether last year comes to nothing."""
        return self.amount is not None and self.amount == self.change and self.change > 0

    @property
    def is_gone(self) -> bool:
        """Whether this year comes to nothing."""
        return self.amount == 0 and self.change < 0


@dataclass(frozen=True)
class Bar:
    """A bar from the zero line, in per cent of the width of its box."""

    x: Decimal
    width: Decimal
    zero: Decimal


def read_changes(data: View, disclosure: str) -> list[Change]:
    """The changes, the largest first; those of the three-public expenses too, which bear a ``line_item``."""
    found = {row.text("statement"): row for row in data.rows("changes", disclosure=disclosure)}
    return sorted(map(_change, found.values()), key=lambda change: (-abs(change.change), change.start or 0, change.statement))


def _change(row: Row) -> Change:
    change = row.number("change") or Decimal(0)
    percent = row.number("percent")
    has_place = bool(row.text("start") and row.text("end"))
    return Change(
        statement=row.text("statement"),
        subject=row.text("subject").rsplit("/", 1)[-1],
        code=row.text("code"),
        line_item=row.text("lineItem"),
        amount=row.number("amount"),
        change=change,
        percent=percent.copy_sign(change) if percent is not None else None,
        reason=row.text("reason"),
        start=row.integer("start") if has_place else None,
        end=row.integer("end") if has_place else None,
        base_year=row.text("baseYear"),
        base_phase=row.text("basePhase"),
        whole=row.text("whole"),
    )


def bars(changes: Iterable[Change]) -> dict[str, Bar]:
    """Statement → its bar, all in one scale."""
    held = list(changes)
    up = max((change.change for change in held), default=Decimal(0))
    down = min((change.change for change in held), default=Decimal(0))
    up, down = max(up, Decimal(0)), min(down, Decimal(0))
    span = (up - down) or Decimal(1)
    zero = -down / span * 100
    found = {}
    for change in held:
        width = abs(change.change) / span * 100
        found[change.statement] = Bar(_short(zero - width if change.change < 0 else zero), _short(width), _short(zero))
    return found


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


@dataclass(frozen=True)
class LastYear:
    """The disclosure of the year before, of the same department, kind and phase."""

    disclosure: str
    year: str


def last_year(data: View, department: str, about: Mapping[str, str]) -> LastYear | None:
    """Last year's disclosure, ``None`` when it is not held; ``about`` has this one's ``year``, ``kind`` and ``phase``."""
    number = about["year"].rsplit("/", 1)[-1]
    if not department or not number.isdigit():
        return None
    before = about["year"].removesuffix(number) + str(int(number) - 1)
    for row in data.rows("disclosures", department=department):
        if (row.text("year"), row.text("kind"), row.text("phase")) == (before, about["kind"], about["phase"]):
            return LastYear(row.text("disclosure"), before)
    return None
