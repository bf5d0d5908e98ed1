"""What a printed name says: its core, what tells things of one name apart, and the money words around them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from kg import iri

_YEARS = re.compile(r"\(?(?:19|20)\d\d(?:[-~—至](?:19|20)?\d\d)?(?:年度|年)?\)?")
_FILE_NUMBER = re.compile(r"[一-鿿]{0,6}[〔【\[(（](?:19|20)\d\d[〕】\])）]第?\d*号?")
_NOTICE = re.compile(r"^关于(?:提前)?(?:下达|拨付|安排|分配|印发|做好)?|(?:预算|指标)*(?:文件)?的通知$")
_ROUND = re.compile(r"第?(?P<number>[一二三四五六七八九十]|\d{1,2})(?P<unit>批次|批|期|标段|阶段|季度|次)")
_BRACKETS = re.compile(r"\(([^()]+)\)")
_ANY_BRACKETS = re.compile(r"\([^()]*\)")
_TWICE = re.compile(r"([一-鿿]{1,4})\1")
_DIGITS = re.compile(r"\d+")
_MONEY_INSIDE = re.compile(r"资金|经费|本级|结余|结转|户")
_NUMERALS = {numeral: str(index) for index, numeral in enumerate("一二三四五六七八九十", start=1)}
FIRST_ROUND = "1"


@dataclass(frozen=True)
class WordBook:
    """The words of ``words.yaml``, ready to be looked for."""

    forms: Mapping[str, str]
    written_out: re.Pattern[str]
    generic: re.Pattern[str]
    generic_end: re.Pattern[str]
    contrasts: tuple[re.Pattern[str], ...]
    actions: tuple[re.Pattern[str], ...]
    uses: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, str]
    grants: re.Pattern[str]
    not_grants: re.Pattern[str]


@dataclass(frozen=True)
class Name:
    """A name taken apart.

    ``core`` is the name without years, document numbers, brackets and level of government; ``bare`` is that without words that
    only say that money is meant, and ``plain`` has one form for words that are used for one another. ``levels``, ``rounds``
    (批, 期), ``digits`` and ``asides`` (what stands in brackets) tell things of one name apart; ``uses`` says whether money is paid
    out or spent on work.
    """

    printed: str
    core: str
    bare: str
    plain: str
    years: tuple[int, ...]
    levels: frozenset[str]
    rounds: frozenset[str]
    digits: frozenset[str]
    asides: tuple[str, ...]
    uses: frozenset[str]

    @property
    def actions(self) -> frozenset[str]:
        """The words for what is done."""
        return frozenset(word for line in word_book().actions for word in line.findall(self.plain))

    @property
    def is_grant(self) -> bool:
        """Whether a title of this name gives money away."""
        book = word_book()
        return bool(book.grants.search(self.printed)) and not book.not_grants.search(self.printed)

    def contrast(self, other: "Name") -> tuple[str, str] | None:
        """Words that exclude each other, of this name and of the other; ``None`` when there are none."""
        for line in word_book().contrasts:
            here, there = set(line.findall(self.plain)), set(line.findall(other.plain))
            if here and there and not here & there:
                return "、".join(sorted(here)), "、".join(sorted(there))
        return None


@cache
def word_book() -> WordBook:
    """The words that come with the program."""
    said = yaml.safe_load((files("kg.links") / "words.yaml").read_text("utf-8"))
    forms = {long: short for key in ("synonyms", "abbreviations") for short, longs in said[key].items() for long in longs}
    return WordBook(
        forms=forms,
        written_out=_any_of(forms),
        generic=_any_of(said["generic"]),
        generic_end=re.compile(f"(?:{_any_of(said['generic_end']).pattern})$"),
        contrasts=tuple(map(_any_of, (*said["contrasts"], *said["actions"]))),
        actions=tuple(map(_any_of, said["actions"])),
        uses={use: tuple(words) for use, words in said["uses"].items()},
        levels={word: level for level, words in said["levels"].items() for word in words},
        grants=_any_of(said["grants"]),
        not_grants=_any_of(said["not_grants"]),
    )


@cache
def read_name(printed: str, own: Sequence[str] = ()) -> Name:
    """A printed name taken apart; ``own`` are names of the department and its region, which say nothing within it."""
    book = word_book()
    whole = iri.normal(printed)
    years = tuple(sorted({int(match[:4]) for match in re.findall(r"(?:19|20)\d\d", _FILE_NUMBER.sub("", whole))}))
    bare = name_of_money(printed)
    for word in sorted(own, key=len, reverse=True):
        bare = bare.replace(iri.normal(word), "") or bare
    rounds = {_NUMERALS.get(match["number"], match["number"]) + match["unit"][0] for match in _ROUND.finditer(bare)}
    bare = _ROUND.sub("", bare) or bare
    asides = tuple(inside for inside in _BRACKETS.findall(bare) if not _MONEY_INSIDE.search(inside))
    bare = _TWICE.sub(r"\1", _ANY_BRACKETS.sub("", bare) or bare)
    levels: set[str] = set()
    for word in sorted(book.levels, key=len, reverse=True):
        if word in bare:
            levels.add(book.levels[word])
            bare = bare.replace(word, "") or bare
    return Name(
        printed=printed,
        core=bare,
        bare=_without_money(bare),
        plain=plain_form(bare),
        years=years,
        levels=frozenset(levels),
        rounds=frozenset(rounds),
        digits=frozenset(_DIGITS.findall(bare)),
        asides=asides,
        uses=frozenset(use for use, words in book.uses.items() if any(word in bare for word in words)),
    )


def name_of_money(title: str) -> str:
    """What a title calls the money, as printed, without 关于下达…预算的通知, years and numbers."""
    whole = iri.normal(title)
    ended = whole.replace("的通知", "的通知 ")  # so that the characters before a number do not reach into the title
    return _YEARS.sub("", _NOTICE.sub("", _FILE_NUMBER.sub("", ended).strip())) or whole


@cache
def plain_form(core: str) -> str:
    """One form for words that are used for one another, without words that only say that money is meant."""
    book = word_book()
    told = book.written_out.sub(lambda match: book.forms[match.group()], core)
    told = book.written_out.sub(lambda match: book.forms[match.group()], told)
    return _without_money(told)


def _without_money(text: str) -> str:
    """What is left without the words for money; all of it when that would be a single character."""
    book = word_book()
    kept = book.generic.sub("", text)
    shorter = book.generic_end.sub("", kept)
    return next((form for form in (shorter, kept) if len(form) > 1), text)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
