"""Links follow what changed: after any changes, in any order, the graph is what it would be if it were made anew."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import kg.queries
from kg.errors import StoreError
from kg.ingest import Desk, Prepared, Toolbox, ingest, load_vocabulary, prepare
from kg.iri import Minter
from kg.links import Decision, Status, build_links, decide, links_anew
from kg.links.building import _MANY, GRAPH, _Making
from kg.samples import write_text
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore, Removal, canonical, named_rows

MINTER = Minter()
LINKS = MINTER.graph(GRAPH)
AT_MOST = 3
"""Changes at once, of so many documents that they are few: where many change, all are read."""
QUERIES = sorted(Path(kg.queries.__file__).parent.glob("link-*.rq"))


@pytest.fixture(scope="module")
def documents(tools: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """Disclosures by the name of a form (``graph`` is their address), each cut down to what links are made from: as it is, with another
    name of a project, with another name of the department, with other indicators and years."""
    folder = tmp_path_factory.mktemp("documents")
    found = []
    asked = "|".join(sorted({word for query in QUERIES for word in re.findall(r"\b(?:budget|rdfs|qb):(\w+)", query.read_text("utf-8"))}))
    wanted = re.compile(rf"<(?![^>]*/fact/|[^>]*(?<!/general-budget-expenditure)/cell/)[^>]+> <[^>]*[#/](?:type|{asked})> ")
    for number, sample in enumerate(generate(31, 8, (2025, 2026))):
        path = folder / f"{number}.txt"
        path.write_text(write_text(sample), "utf-8")
        made = prepare([path], Desk(tools, MINTER))
        assert isinstance(made, Prepared)
        graph = MINTER.disclosure_graph(made.imprint.sha256)
        told = "".join(line for line in made.triples.decode().splitlines(keepends=True) if wanted.match(line)).encode()
        project = sample.projects[0].name if sample.projects else sample.issuer
        renamed = _renamed(told, project, project[:-1])
        other = _renamed(told, sample.issuer, sample.issuer[:-1] + "服务局")
        slipped = told.replace("完成率".encode(), "完成度".encode()).replace("2026年".encode(), "2025年".encode())
        forms = dict(zip("abcd", (told, renamed, other, slipped), strict=True))
        found.append(forms | {"graph": graph.encode()})
    return found


def _renamed(triples: bytes, old: str, new: str) -> bytes:
    return triples.replace(old.encode(), new.encode()).replace(quote(old, safe="").encode(), quote(new, safe="").encode())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """One for all tests: each begins by putting its documents in."""
    with EmbeddedStore(tmp_path_factory.mktemp("links") / "store") as made:
        load_vocabulary(made, MINTER)
        yield made


def put(store: EmbeddedStore, document: dict[str, bytes], form: str) -> None:
    store.replace_graphs({document["graph"].decode(): document[form]})


def assert_as_made_anew(store: EmbeddedStore) -> None:
    assert store.dump(LINKS) == canonical(links_anew(store, MINTER))


class TestAnyOrder:
    @pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 30))])
    def test_is_as_made_anew(
        self, seed: int, store: EmbeddedStore, documents: list[dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose = random.Random(seed)
        there = set(range(len(documents)))
        assert len(there) > AT_MOST * _MANY
        for document in documents:
            put(store, document, choose.choice("abcd"))
        build_links(store, MINTER, anew=True)
        for _ in range(6):
            for _ in range(choose.randint(1, AT_MOST)):
                number = choose.randrange(len(documents))
                links = sorted(row["link"] for row in named_rows(store, "links"))
                match choose.choice(("put", "put", "drop", "decide")):
                    case "drop" if len(there) > AT_MOST * _MANY:
                        store.replace_graphs({}, drop=[documents[number]["graph"].decode()])
                        there.discard(number)
                    case "decide" if links:
                        status = choose.choice((Status.ACCEPTED, Status.REJECTED, None))
                        decide(store, MINTER, {choose.choice(links): Decision(status, "说明") if status else None})
                    case _:
                        put(store, documents[number], choose.choice("abcd"))
                        there.add(number)
            with monkeypatch.context() as patched:
                patched.delattr(_Making, "everything")  # what did not change is not matched again
                build_links(store, MINTER)
            assert_as_made_anew(store)

    def test_the_documents_have_links_of_most_kinds(self, store: EmbeddedStore, documents: list[dict[str, bytes]]) -> None:
        for number, document in enumerate(documents):
            put(store, document, "abcd"[number % 4])
        kinds = {kind for kind, _ in build_links(store, MINTER, anew=True).counts}
        assert {"project", "notice", "grant", "funding", "department"} <= kinds


class TestWhatIsNotKnown:
    """Where the register cannot know what changed, everything is made anew."""

    @pytest.fixture
    def filled(self, store: EmbeddedStore, documents: list[dict[str, bytes]]) -> EmbeddedStore:
        for document in documents:
            put(store, document, "a")
        build_links(store, MINTER, anew=True)
        return store

    def test_an_update_by_hand(self, filled: EmbeddedStore, documents: list[dict[str, bytes]]) -> None:
        filled.update(f"DROP GRAPH <{documents[0]['graph'].decode()}>")
        build_links(filled, MINTER)
        assert_as_made_anew(filled)

    def test_a_register_that_is_gone_or_damaged(self, filled: EmbeddedStore, documents: list[dict[str, bytes]]) -> None:
        for harm in (Path.unlink, lambda path: path.write_bytes(b"no database")):
            harm(filled.rooms.path / "LINKS")
            put(filled, documents[0], "b")
            build_links(filled, MINTER)
            assert_as_made_anew(filled)

    def test_a_journal_that_is_gone(self, filled: EmbeddedStore, documents: list[dict[str, bytes]]) -> None:
        filled.replace_graphs({}, drop=[documents[0]["graph"].decode()])
        filled.rooms.changed.unlink()
        build_links(filled, MINTER)
        assert_as_made_anew(filled)

    def test_broken_off_between_the_store_and_the_register(
        self, filled: EmbeddedStore, documents: list[dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(filled, documents[0], "b")
        with monkeypatch.context() as patched:
            patched.setattr("kg.links.register.Register.commit", _full)
            with pytest.raises(StoreError):
                build_links(filled, MINTER)
        filled.replace_graphs({}, drop=[documents[0]["graph"].decode()])
        build_links(filled, MINTER)
        assert_as_made_anew(filled)

    def test_a_removal_is_followed(self, filled: EmbeddedStore, documents: list[dict[str, bytes]]) -> None:
        graph = documents[1]["graph"].decode()
        filled.forget(Removal((), (), (graph,), (), (), {}))
        build_links(filled, MINTER)
        assert graph not in filled.graphs()
        assert_as_made_anew(filled)


def _full(register: object) -> None:
    raise StoreError("no space left", "somewhere")


def test_an_ingest_reads_for_links_what_came_in(
    tmp_path: Path, examples: list[Path], tools: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        ingest(examples[:4], store, Settings(), tools, lambda message: None)
        build_links(store, MINTER)
        ingest(examples[4:5], store, Settings(), tools, lambda message: None)
        assert store.journal.graphs()
        monkeypatch.delattr(_Making, "everything")
        build_links(store, MINTER)
        assert store.journal.graphs() == frozenset()
