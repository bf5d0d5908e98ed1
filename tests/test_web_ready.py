"""Ready answers: the default answer of a question is asked once for a state of the data, and never shown for another one."""

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from kg.query_pool.direct import DirectRunner
from kg.query_pool.lanes import Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.runner import NotAnswered, PoolAnswer, PoolQuery
from kg.questions import find_question
from kg.settings import Settings
from kg.store import EmbeddedStore, Rooms, Snapshot
from kg.store.backup import back_up
from kg.upkeep.remove import forget_ready
from kg.upkeep.verify import verify
from web.app import create_app
from web.query import ready
from web.query.asking import AHEAD, make_ready
from web.query.ready import Asked, ReadyAnswers
from web.serving import Serving
from web.site import site
from web.warming import Readying

TOTALS = "/query/q01-departments-by-total"
STAFF = "/query/q04-staff-cost-per-head"
TAG = "7-0123abcd"
AFTER = 30.0


class Asks:
    """Asks the store, and notes for whom; ``refuses`` while it has a verdict, ``says`` another tag when it has one."""

    def __init__(self, store: Path, rows: int = 1000) -> None:
        self._runner = DirectRunner(store, Limits(rows=rows))
        self.clients: list[str] = []
        self.refuses: Verdict | None = None
        self.says = ""

    def ask(self, query: PoolQuery, waiting: socket.socket | None = None) -> PoolAnswer | None:
        self.clients.append(query.client)
        if self.refuses:
            raise NotAnswered(self.refuses.value, self.refuses, 1)
        found = self._runner.ask(query, waiting)
        return replace(found, tag=self.says) if found and self.says else found

    def __getattr__(self, name: str) -> object:
        return getattr(self._runner, name)


@pytest.fixture
def store(tmp_path: Path, example_store: Path) -> Path:
    """A copy of the store of the examples that nobody has asked yet."""
    return Path(shutil.copytree(example_store, tmp_path / "store", ignore=shutil.ignore_patterns("ready")))


def served(store: Path, base: str = Settings().base, rows: int = 1000) -> tuple[Flask, Asks]:
    """An application over a store as another process would have it, and what it asks."""
    asks = Asks(store, rows)
    return create_app(store, Settings(base), Serving(asks)), asks  # type: ignore[arg-type]


def page(app: Flask, path: str) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return answer.text


def publish_totals(store: Path, amount: int) -> None:
    """Publish a state in which every disclosure has this total."""
    with EmbeddedStore(store) as target:
        target.update(
            "PREFIX b: <https://budget-kg.example/ontology#> "
            "DELETE { GRAPH ?g { ?d b:totalExpenditure ?old } } "
            f"INSERT {{ GRAPH ?g {{ ?d b:totalExpenditure {amount}.00 }} }} WHERE {{ GRAPH ?g {{ ?d b:totalExpenditure ?old }} }}"
        )


def files_of(store: Path) -> list[Path]:
    """The ready answers of a store."""
    return [path for path in Rooms(store).ready.rglob("*") if path.is_file() and path.name != "LOCK"]


def test_a_question_is_asked_once_whoever_reads_it(store: Path) -> None:
    app, asks = served(store)
    first = page(app, TOTALS)
    assert page(app, TOTALS) == first
    page(app, f"{TOTALS}?year=&view=table")
    assert "Total expenditure" in page(app, f"/en{TOTALS}")
    other, asks_of_other = served(store)
    assert page(other, TOTALS) == first
    assert (len(asks.clients), asks_of_other.clients) == (1, [])
    page(app, f"{TOTALS}?year=2025")
    page(app, STAFF)
    app.test_client().get(f"{TOTALS}.csv")
    assert len(asks.clients) == 4, "other values, another question and a file are asked"
    assert len(files_of(store)) == 2


def test_a_publication_is_seen_on_the_next_page_in_every_process(store: Path) -> None:
    apps = [served(store)[0] for _ in range(2)]
    for amount, before in ((123_456_789, ""), (987_654_321, "123,456,789"), (555_444_333, "987,654,321")):
        publish_totals(store, amount)
        for app in apps:
            html = page(app, TOTALS)
            assert f"{amount:,}" in html
            assert not before or before not in html
            assert page(app, TOTALS) == html


def test_an_answer_is_kept_for_the_data_that_it_came_from(store: Path) -> None:
    """A publication between the opening of the page and the asking: what the newer data said is not taken for the older ones'."""
    app, asks = served(store)
    asks.says = TAG
    page(app, TOTALS)
    page(app, TOTALS)
    assert len(asks.clients) == 2
    assert [path.parent.name for path in files_of(store)] == [TAG]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _turn_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _take_for_another(path: Path) -> None:
    (other,) = [entry for entry in path.parent.iterdir() if entry != path]
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("spoil", [_cut, _turn_a_bit, _empty, _take_for_another, Path.unlink])
def test_a_file_that_is_not_what_was_written_is_asked_again_and_mended(store: Path, spoil: Callable[[Path], None]) -> None:
    app, asks = served(store)
    first = page(app, TOTALS)
    (path,) = files_of(store)
    page(app, STAFF)
    spoil(path)
    assert page(app, TOTALS) == first
    assert len(asks.clients) == 3
    assert page(app, TOTALS) == first
    assert len(asks.clients) == 3


def test_another_state_program_or_query_finds_nothing(tmp_path: Path) -> None:
    answers = ReadyAnswers(tmp_path, "this program")
    answers.keep(TAG, "ASK {}", Asked("results", b"{}\n", 0))
    assert answers.find(TAG, "ASK {}") == Asked("results", b"{}\n", 0)
    assert answers.find(TAG, "ASK { }") is None
    assert answers.find("8-0123abcd", "ASK {}") is None
    assert ReadyAnswers(tmp_path, "another one").find(TAG, "ASK {}") is None
    # A folder that stands under another state's name
    (tmp_path / TAG).rename(tmp_path / "8-0123abcd")
    assert answers.find("8-0123abcd", "ASK {}") is None
    for nameless in ("", "7", "../7-0123abcd", "7-0123ABCD"):
        answers.keep(nameless, "ASK {}", Asked("results", b"{}", 0))
        assert answers.find(nameless, "ASK {}") is None
    assert [path.name for path in tmp_path.iterdir()] == ["8-0123abcd"]


def test_what_is_too_large_cut_early_or_never_the_same_is_not_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, asks = served(store, rows=2)
    assert page(app, TOTALS) == page(app, TOTALS)
    assert len(asks.clients) == 2, "this installation cuts sooner than pages do"
    app, _ = served(store)
    question = find_question("q01-departments-by-total")
    changing = replace(question, name="q99-changing", text=question.text.replace("WHERE {", "WHERE { BIND(NOW() AS ?now)", 1))
    with app.app_context():
        assert make_ready(changing, site().tag())
        assert files_of(store) == []
        monkeypatch.setattr(ready, "LARGEST", 10)
        assert make_ready(question, site().tag())
    assert files_of(store) == []


def test_a_folder_that_cannot_be_written_costs_the_time_and_nothing_else(store: Path) -> None:
    Rooms(store).ready.write_text("no folder")
    app, asks = served(store)
    assert page(app, TOTALS) == page(app, TOTALS)
    assert len(asks.clients) == 2
    with app.app_context():
        readying = Readying(QUESTIONS, AFTER)
        readying.look(0)
        readying.look(AFTER)
    assert len(asks.clients) == 2


# --- Before a reader asks ---

QUESTIONS = [find_question("q01-departments-by-total"), find_question("q04-staff-cost-per-head")]


def test_questions_are_asked_in_the_quiet_one_at_a_time(store: Path) -> None:
    app, asks = served(store)
    readying = Readying(QUESTIONS, AFTER)
    asked = []
    with app.app_context():
        for now in (0, 29, 30, 31, 32, 5000):
            readying.look(now)
            asked.append(len(asks.clients))
    assert asked == [0, 0, 1, 2, 2, 2]
    assert set(asks.clients) == {AHEAD}
    page(app, TOTALS)
    page(app, f"/en{STAFF}")
    assert len(asks.clients) == 2


def test_newer_data_begin_the_quiet_again_and_older_answers_go(store: Path) -> None:
    app, asks = served(store)
    readying = Readying(QUESTIONS, AFTER)
    with app.app_context():
        for now in (0, 30, 31):
            readying.look(now)
        publish_totals(store, 123_456_789)
        assert len(files_of(store)) == 2
        readying.look(40)
        assert files_of(store) == []
        readying.look(69)
        assert len(asks.clients) == 2
        readying.look(70)
        readying.look(71)
        assert len(asks.clients) == 4
        tag = site().tag()
    assert {path.parent.name for path in files_of(store)} == {tag}
    assert "123,456,789" in page(app, TOTALS)
    assert len(asks.clients) == 4


def test_a_refused_answer_is_asked_for_later_and_meanwhile_by_readers(store: Path) -> None:
    app, asks = served(store)
    readying = Readying(QUESTIONS[:1], AFTER)
    asks.refuses = Verdict.BUSY
    with app.app_context():
        for now in (0, 30, 31, 600):
            readying.look(now)
        assert (asks.clients, files_of(store)) == ([AHEAD], [])
        asks.refuses = None
        page(app, f"{TOTALS}?year=2025")
        readying.look(700)
    assert len(files_of(store)) == 1
    assert len(asks.clients) == 3
    page(app, TOTALS)
    assert len(asks.clients) == 3


def test_never_where_it_is_switched_off(store: Path) -> None:
    app, asks = served(store)
    readying = Readying(QUESTIONS, 0.0)
    with app.app_context():
        for now in (0, 1, 1000):
            readying.look(now)
    assert asks.clients == []


@pytest.fixture
def holder(store: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is making answers ready."""
    program = (
        "import sys; from pathlib import Path; from web.query.ready import ReadyAnswers\n"
        "with ReadyAnswers(Path(sys.argv[1]), '').alone() as alone:\n"
        "    print(alone, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(Rooms(store).ready)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_of_two_processes_one_asks_and_a_killed_one_locks_nobody_out(store: Path, holder: subprocess.Popen[str]) -> None:
    app, asks = served(store)
    readying = Readying(QUESTIONS, AFTER)
    with app.app_context():
        readying.look(0)
        readying.look(30)
        assert asks.clients == []
        holder.send_signal(signal.SIGKILL)
        holder.wait(60)
        readying.look(31)
    assert len(asks.clients) == 1


def test_what_one_process_has_made_another_does_not_ask(store: Path) -> None:
    (first, asks), (second, asks_of_second) = served(store), served(store)
    one, other = Readying(QUESTIONS, AFTER), Readying(QUESTIONS, AFTER)
    for now in (0, 30, 31, 32, 33):
        for app, readying in ((first, one), (second, other)):
            with app.app_context():
                readying.look(now)
    assert (len(asks.clients), len(asks_of_second.clients)) == (1, 1)
    assert len(files_of(store)) == 2


def test_a_process_that_dies_while_it_writes_leaves_no_answer(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from web.query.ready import Asked, ReadyAnswers\n"
        "os.replace = lambda *names: os._exit(9)\n"
        f"ReadyAnswers(Path(sys.argv[1]), 'p').keep({TAG!r}, 'ASK {{}}', Asked('results', b'x' * 100_000, 0))"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=120)
    assert ended.returncode == 9
    answers = ReadyAnswers(tmp_path, "p")
    assert [path.suffix for path in (tmp_path / TAG).iterdir()] == [".part"]
    assert answers.find(TAG, "ASK {}") is None
    answers.keep(TAG, "ASK {}", Asked("results", b"whole", 0))
    assert answers.find(TAG, "ASK {}") == Asked("results", b"whole", 0)
    answers.forget_others("8-0123abcd")
    assert list(tmp_path.iterdir()) == []


# --- Beside a store ---


def test_a_store_with_ready_answers_is_whole_and_its_backup_has_none(store: Path, tmp_path: Path) -> None:
    app, _ = served(store)
    page(app, TOTALS)
    assert len(files_of(store)) == 1
    assert [found for found in verify(store, Settings(), lambda message: None) if found.fault] == []
    archive = tmp_path / "store.tar"
    back_up(store, archive)
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
        assert not [name for name in tar.getnames() if "ready" in name]
    forget_ready(Rooms(store))
    assert not Rooms(store).ready.exists()
    page(app, TOTALS)
    assert len(files_of(store)) == 1
    if os.name == "posix":
        assert {oct(path.stat().st_mode & 0o777) for path in files_of(store)} == {"0o600"}


def test_another_store_in_the_same_place_is_another_state(store: Path, tmp_path: Path) -> None:
    snapshot = Snapshot(store)
    assert snapshot.is_current()
    current = Rooms(store).current
    current.write_text(current.read_text().replace(snapshot.tag.partition("-")[2], "0" * 8))
    assert not snapshot.is_current()
