"""What a sweep is: a rule, and how to tell it numbers; and how many graphs are judged at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from kg.resources import shape_files
from kg.validate import Outcome, RuleSet, Validation
from kg.validate.run import Given, validate_many
from tests.rules.cases import WORDS
from tests.rules.graphs import DISCLOSURE, FACTORS

RULES = RuleSet.load(shape_files())


@dataclass(frozen=True)
class Print:
    """How money is printed: its unit, and the smallest difference that is printed, in that unit."""

    unit: str
    step: str

    @property
    def factor(self) -> Decimal:
        """How many 元 the unit is; 1 for what is no money."""
        return FACTORS.get(self.unit, Decimal(1))

    @property
    def resolution(self) -> Decimal:
        """The step in 元."""
        return Decimal(self.step) * self.factor

    def yuan(self, number: str) -> Decimal:
        """A printed number in 元."""
        return Decimal(number) * self.factor

    def say(self, steps: int) -> str:
        """So many steps as a number: 1002 hundredths are ``10.02``."""
        return str(steps * Decimal(self.step))


WAN, YUAN, CENTS = Print("万元", "0.01"), Print("元", "1"), Print("元", "0.01")
PRINTS = {"万元 with two decimals": WAN, "元 without decimals": YUAN, "元 with two decimals": CENTS}


@dataclass(frozen=True)
class Said:
    """A printed number and how it is printed."""

    number: str
    how: Print


FIRST, SECOND = "the first", "the second"
EITHER = (FIRST, SECOND)


def half_steps(addends: int) -> int:
    """Half steps that class R tolerates: half a step for every rounded number; one addend is the same fact."""
    return addends + 1 if addends > 1 else 0


@dataclass(frozen=True)
class Sum:
    """A stated value and what makes it. ``about`` tells the checks of one rule apart.

    ``fails`` are the sides on which a stated value is wrong: 1 more, -1 less than its sum. ``mixed``: stated value and addends
    stand in two places, which may be printed in different units.
    """

    rule: str
    about: str
    build: Callable[[Said, Sequence[Said]], bytes]
    most: int
    least: int = 1
    half_steps: Callable[[int], int] = half_steps
    fails: tuple[int, ...] = (1, -1)
    mixed: bool = False
    prints: Mapping[str, Print] = field(default_factory=lambda: PRINTS)

    def __str__(self) -> str:
        return f"{self.rule} {self.about}".strip()


@dataclass(frozen=True)
class Same:
    """One fact in two places; ``fails`` are the sides on which the first is wrong: 1 more, -1 less than the other.

    ``coarser`` says which of the two may be printed in a coarser unit than the other.
    """

    rule: str
    about: str
    build: Callable[[Said, Said], bytes]
    fails: tuple[int, ...] = (1, -1)
    coarser: tuple[str, ...] = EITHER
    prints: Mapping[str, Print] = field(default_factory=lambda: PRINTS)

    def __str__(self) -> str:
        return f"{self.rule} {self.about}".strip()


@cache
def _only(rule: str) -> RuleSet:
    return RULES.only(rule)


def judged(rule: str, graphs: Iterable[bytes]) -> list[Validation]:
    """Graphs held against one rule, in their order."""
    own = f"{DISCLOSURE.rsplit('/', 1)[0]}/%016x"
    data = [one.replace(DISCLOSURE.encode(), (own % number).encode()) for number, one in enumerate(graphs)]
    return validate_many([Given(one) for one in data], WORDS, _only(rule))


def outcomes(rule: str, graphs: Iterable[bytes]) -> list[Outcome]:
    """What the rule says of each graph."""
    return [validation.outcomes[0].outcome for validation in judged(rule, graphs)]
