"""Links across documents: names that are one, what is joined in a store, and that decisions and quads stay."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import iri
from kg.cli import main
from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import Decision, Kind, Side, Status, build_links, compare, decide, read_name, told
from kg.links.building import GRAPH
from kg.links.listing import listed
from kg.samples import SampleDisclosure, write_text
from kg.samples.bureaus import Bureau, bureaus
from kg.samples.generate import generate
from kg.samples.name_pairs import NamePair, name_pairs
from kg.samples.statements import Direction, Growth, ItemStatement
from kg.settings import Settings
from kg.store import EmbeddedStore

MINTER = Minter()
TUNED, HELD_OUT = 1, 20261127
"""The seed that was looked at while the words were chosen, and one that was not."""


@dataclass(frozen=True)
class Judged:
    """How a set of pairs was judged."""

    right: int
    wrong: list[NamePair]
    missed: list[NamePair]

    @property
    def precision(self) -> Decimal:
        return Decimal(self.right) / (self.right + len(self.wrong))

    @property
    def recall(self) -> Decimal:
        return Decimal(self.right) / (self.right + len(self.missed))


def judge(pairs: Iterator[NamePair]) -> Judged:
    right, wrong, missed = 0, [], []
    for pair in pairs:
        found = compare(*(Side(read_name(name), frozenset({code})) for name, code in sides(pair)))
        chinese, english = told(found.reasons)
        assert chinese, "every match, and every refusal, shows its evidence"
        assert english
        if found.is_match and pair.is_same:
            right += 1
        elif found.is_match:
            wrong.append(pair)
        elif pair.is_same:
            missed.append(pair)
    return Judged(right, wrong, missed)


def sides(pair: NamePair) -> tuple[tuple[str, str], tuple[str, str]]:
    return (pair.first, pair.first_code), (pair.second, pair.second_code)


@pytest.mark.parametrize("seed", [TUNED, HELD_OUT])
def test_two_hundred_labelled_pairs(seed: int) -> None:
    found = judge(name_pairs(seed, 200))
    print(f"seed {seed}: precision {found.precision:.3f}, recall {found.recall:.3f}")  # noqa: T201
    assert found.precision >= Decimal("0.99"), found.wrong
    assert found.recall >= Decimal("0.95"), found.missed


def test_bureaus_that_were_not_looked_at() -> None:
    """Every second kind of bureau was kept back while the words were chosen."""
    kept_back = {bureau.name for bureau in bureaus()[1::2]}

    def is_kept_back(bureau: Bureau) -> bool:
        return bureau.name in kept_back

    found = judge(name_pairs(HELD_OUT, 400, is_kept_back))
    assert found.precision >= Decimal("0.99"), found.wrong
    assert found.recall >= Decimal("0.95"), found.missed


def test_pairs_are_half_and_half_and_the_same_again() -> None:
    pairs = list(name_pairs(5, 200))
    assert pairs == list(name_pairs(5, 200))
    assert sum(pair.is_same for pair in pairs) == 100
    assert {pair.how.split(",")[0] for pair in pairs} == {
        "stamped",
        "abbreviated",
        "renamed",
        "typo",
        "sibling",
        "near",
        "other-level",
        "other-round",
    }


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("甲专项资金", "2026年甲专项资金项目", True),
        ("城乡居民医疗保险补助", "城居医保补助", True),
        ("道路维修经费（第一批）", "道路维修经费（第二批）", False),
        ("中央财政某项补助资金", "自治区财政某项补助资金", False),
        ("小学校舍维修", "中学校舍维修", False),
        ("某大楼工作经费", "某大楼人员补助", False),
        ("服务能力提升补助（甲部分）", "服务能力提升补助（乙方的部分）", False),
    ],
)
def test_what_tells_names_apart(first: str, second: str, is_same: bool) -> None:
    one, other = Side(read_name(first)), Side(read_name(second))
    assert compare(one, other).is_match is is_same
    assert compare(other, one).is_match is is_same


def test_both_with_words_of_their_own_is_never_more_than_possible() -> None:
    """Whatever else speaks for it: what differs may be what tells them apart."""
    same = frozenset({"2010508"})
    found = compare(Side(read_name("人口抽样调查经费"), same, same), Side(read_name("农业抽样调查经费"), same, same))
    assert not found.is_match
    assert found.confidence > 0


@pytest.fixture(scope="module")
def department() -> tuple[SampleDisclosure, SampleDisclosure]:
    """Two years of a department that has the same projects in both."""
    for earlier, later in zip(*(iter(generate(31, 12, (2025, 2026))),) * 2, strict=True):
        if len({project.name for project in later.projects}) >= 2 and len(earlier.projects) >= 2:
            return earlier, later
    raise AssertionError("no department with projects")


def everywhere(sample: SampleDisclosure, old: str, new: str) -> SampleDisclosure:
    """The sample with a text replaced wherever it stands."""
    return _replaced(sample, old, new)  # type: ignore[no-any-return]


def _replaced(value: object, old: str, new: str) -> object:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, tuple):
        return tuple(_replaced(each, old, new) for each in value)
    if isinstance(value, dict):
        return {_replaced(key, old, new): _replaced(each, old, new) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{name: _replaced(getattr(value, name), old, new) for name in value.__dataclass_fields__})
    return value


def twice_before(item: ItemStatement) -> ItemStatement:
    """The paragraph of an item as it reads when the year before was twice as much."""
    change = item.change
    if change is None:
        return item
    before = item.amount - (change.amount if change.direction is Direction.MORE else -change.amount)
    now = item.amount - 2 * before
    direction, growth = (Direction.MORE, Growth.RISE) if now >= 0 else (Direction.LESS, Growth.FALL)
    percent = (abs(now) / (2 * before) * 100).quantize(Decimal("0.01")) if before else change.percent
    return replace(item, change=replace(change, direction=direction, growth=growth, amount=abs(now), percent=percent))


def stored(folder: Path, tools: Toolbox, *samples: SampleDisclosure) -> EmbeddedStore:
    for number, sample in enumerate(samples):
        (folder / f"{number}.txt").write_text(write_text(sample), "utf-8")
    store = EmbeddedStore(folder / "store")
    assert not ingest(sorted(folder.glob("*.txt")), store, Settings(), tools, lambda message: None).refused
    return store


def of_kind(store: EmbeddedStore, kind: Kind) -> list[dict[str, str]]:
    return [link for link in listed(store, "zh") if link["kind"] == kind]


def ask(store: EmbeddedStore, text: str) -> bool:
    return bool(store.query(f"PREFIX budget: <https://budget-kg.example/ontology#> ASK {{ {text} }}"))


@pytest.fixture(scope="module")
def two_names(department: tuple[SampleDisclosure, SampleDisclosure]) -> tuple[str, str]:
    """The addresses of a project of the first year, and of the same one as the second year calls it: shorter."""
    sample, plain = department[0], iri.project_key(department[0].projects[0].name)
    earlier, later = (MINTER.project(sample.region, sample.issuer, name) for name in (plain, plain[:-1]))
    return earlier, later


@pytest.fixture(scope="module")
def store(
    department: tuple[SampleDisclosure, SampleDisclosure], tools: Toolbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedStore]:
    """The two years, with links; the later one calls the first project otherwise."""
    plain = iri.project_key(department[0].projects[0].name)
    made = stored(tmp_path_factory.mktemp("names"), tools, department[0], everywhere(department[1], plain, plain[:-1]))
    build_links(made, MINTER)
    yield made
    made.close()


class TestProjectUnderTwoNames:
    def test_they_are_one(self, store: EmbeddedStore, two_names: tuple[str, str]) -> None:
        earlier, later = two_names
        name = MINTER.link("project", earlier, later).partition("/link/")[2]
        (link,) = [link for link in of_kind(store, Kind.PROJECT) if link["link"] == name]
        assert link["status"] == Status.LIKELY
        assert "2025；2026" in link["evidence"]
        assert ask(store, f"<{earlier}> budget:identity <{later}> . <{later}> budget:identity <{later}>")

    def test_the_same_input_gives_the_same_quads(self, store: EmbeddedStore) -> None:
        before = store.dump(MINTER.graph(GRAPH))
        assert before
        assert not build_links(store, MINTER).changed
        assert store.dump(MINTER.graph(GRAPH)) == before

    def test_a_decision_holds_when_documents_come_again(self, store: EmbeddedStore, two_names: tuple[str, str], tools: Toolbox) -> None:
        earlier, later = two_names
        link = MINTER.link("project", earlier, later)
        decide(store, MINTER, {link: Decision(Status.REJECTED, "两个项目")})
        assert build_links(store, MINTER).counts[Kind.PROJECT, Status.REJECTED] == 1
        assert not ask(store, f"<{earlier}> budget:identity <{later}>")
        files = sorted(store.rooms.path.parent.glob("*.txt"))
        ingest(files, store, Settings(), tools, lambda message: None, again=True)
        assert build_links(store, MINTER).counts[Kind.PROJECT, Status.REJECTED] == 1
        assert ask(store, f'<{link}> budget:linkStatus <https://budget-kg.example/code/link-status/rejected> ; budget:evidence "两个项目"')
        decide(store, MINTER, {link: None})
        build_links(store, MINTER)
        assert ask(store, f"<{earlier}> budget:identity <{later}>")


class TestDepartmentUnderTwoNames:
    def test_a_renaming_is_told_by_name_and_money(
        self, department: tuple[SampleDisclosure, SampleDisclosure], tools: Toolbox, tmp_path: Path
    ) -> None:
        earlier, later = department
        new = later.issuer[:-1] + "服务局"
        store = stored(tmp_path, tools, earlier, everywhere(later, later.issuer, new))
        build_links(store, MINTER)
        (link,) = of_kind(store, Kind.DEPARTMENT)
        old, now = (MINTER.department(earlier.region, name) for name in (earlier.issuer, new))
        assert link["status"] == Status.LIKELY
        assert "上年数" in link["evidence"]
        assert ask(store, f"<{old}> budget:identity <{now}>")
        assert ask(
            store,
            f"?event a <http://www.w3.org/ns/org#ChangeEvent> ; <http://www.w3.org/ns/org#originalOrganization> <{old}> ;"
            f" <http://www.w3.org/ns/org#resultingOrganization> <{now}>",
        )
        store.close()

    def test_a_merger_is_told_by_the_sum_of_both(
        self, department: tuple[SampleDisclosure, SampleDisclosure], tools: Toolbox, tmp_path: Path
    ) -> None:
        """Two departments publish for a year; the year after, one body speaks of the sum of both as the year before."""
        earlier, later = department
        both = [everywhere(earlier, earlier.issuer, earlier.issuer[:-1] + ending) for ending in ("管理局", "服务局")]
        told = later.narrative.general_budget
        items = tuple(twice_before(item) for item in told.items)
        one = replace(later, narrative=replace(later.narrative, general_budget=replace(told, items=items)))
        store = stored(tmp_path, tools, *both, one)
        build_links(store, MINTER)
        found = of_kind(store, Kind.DEPARTMENT)
        assert [link["status"] for link in found] == [Status.LIKELY] * 2
        assert all("合并" in link["evidence"] for link in found)
        chief = MINTER.department(later.region, later.issuer)
        for sample in both:
            assert ask(store, f"<{MINTER.department(sample.region, sample.issuer)}> budget:identity <{chief}>")
        store.close()


class TestCommands:
    def test_build_list_and_decide(self, tmp_path: Path, examples: list[Path]) -> None:
        place = str(tmp_path / "store")
        run = CliRunner().invoke
        assert run(main, ["ingest", "--store", place, "--no-validate", str(examples[-1])]).exit_code == 0
        lines = run(main, ["links", "list", "--store", place, "--kind", "notice", "--format", "csv"]).stdout.splitlines()
        assert lines[0].startswith("link,kind,status,confidence")
        name = lines[1].split(",")[0]
        assert run(main, ["links", "reject", name, "--note", "另一份", "--store", place]).exit_code == 0
        rejected = run(main, ["links", "list", "--store", place, "--status", "rejected", "--format", "jsonl"]).stdout
        assert name in rejected
        assert run(main, ["links", "forget", name, "--store", place]).exit_code == 0
        assert run(main, ["links", "list", "--store", place, "--status", "rejected", "--format", "jsonl"]).stdout == ""

    def test_a_link_that_is_not_there(self, tmp_path: Path, examples: list[Path]) -> None:
        place = str(tmp_path / "store")
        assert CliRunner().invoke(main, ["ingest", "--store", place, "--no-validate", str(examples[0])]).exit_code == 0
        refused = CliRunner().invoke(main, ["links", "accept", "project/none", "--store", place])
        assert refused.exit_code == 2
        assert "no link" in refused.stderr

    def test_compare_needs_no_store(self) -> None:
        told_same = CliRunner().invoke(main, ["links", "compare", "医保专网租赁经费", "2026年医疗保障专线租用费"]).stdout
        assert told_same.startswith("same\t0.9")
        assert CliRunner().invoke(main, ["links", "compare", "小学建设", "中学建设"]).stdout.startswith("other\t0\t")
