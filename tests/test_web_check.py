"""Checking a draft: privately, in a process of its own, and nothing of it enters the store."""

import json
import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.settings import Settings
from kg.store import Snapshot
from web.app import create_app
from web.check.drafts import ABOUT, EXPORTS, LIFETIME, MAX_WAITING, STATUS, Drafts, write_json
from web.check.pages import MAX_BYTES

SECONDS = 120
CHANGED = "511.36"
"""A class total of the example; printed once more as the sum of its sections."""


@pytest.fixture(scope="module")
def client(example_store: Path) -> Iterator[FlaskClient]:
    with create_app(example_store, Settings()).test_client() as found:
        yield found


@pytest.fixture(scope="module")
def prepared(client: FlaskClient) -> Drafts:
    """The form has been opened: a process loads what a check needs."""
    assert client.get("/check").status_code == 200
    return client.application.extensions["budget-site"].drafts  # type: ignore[no-any-return]


def upload(client: FlaskClient, name: str, data: bytes) -> TestResponse:
    return client.post("/check", data={"file": (BytesIO(data), name)}, content_type="multipart/form-data")


def checked(client: FlaskClient, name: str, data: bytes) -> str:
    """The address of a draft whose check has ended."""
    answer = upload(client, name, data)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    end = time.monotonic() + SECONDS
    while "Refresh" in client.get(address).headers:
        assert time.monotonic() < end, "the check does not end"
        time.sleep(0.3)
    return address


@pytest.fixture(scope="module")
def spoilt(examples: list[Path]) -> bytes:
    """An example with one amount changed."""
    text = next(path for path in examples if "aketao" in path.name).read_text("utf-8")
    assert CHANGED in text
    return text.replace(CHANGED, "511.63", 1).encode()


@pytest.fixture(scope="module")
def draft(client: FlaskClient, spoilt: bytes, prepared: Drafts) -> str:
    return checked(client, "草稿<b>.txt", spoilt)


def test_a_changed_amount_is_found_with_its_sum_and_marked_in_the_text(client: FlaskClient, draft: str) -> None:
    html = client.get(draft).get_data(as_text=True)
    assert "草稿&lt;b&gt;.txt" in html
    assert "<mark>511.63</mark>" in html
    assert "≠" in html
    assert client.get(f"/en{draft}").status_code == 200
    assert "cannot be true" in client.get(f"/en{draft}").get_data(as_text=True)


def test_nothing_of_a_draft_enters_the_store(client: FlaskClient, draft: str, example_store: Path) -> None:
    before = Snapshot(example_store).version
    assert client.get(draft).status_code == 200
    assert Snapshot(example_store).version == before
    answer = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), '511.63')) }"})
    assert answer.get_json()["results"]["bindings"] == []


def test_a_draft_is_for_no_cache_and_no_search_engine(client: FlaskClient, draft: str) -> None:
    headers = client.get(draft).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(draft.rsplit("/", 1)[-1]) >= 32


@pytest.mark.parametrize("suffix", EXPORTS)
def test_every_export_is_a_download(client: FlaskClient, draft: str, suffix: str) -> None:
    answer = client.get(f"{draft}/{suffix}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) > 1000
    if suffix == "sarif":
        assert json.loads(answer.data)["version"] == "2.1.0"
    assert client.get(f"{draft}/exe").status_code == 404


def test_what_is_no_disclosure_is_refused_with_the_reason(client: FlaskClient) -> None:
    html = client.get(checked(client, "letter.txt", "尊敬的读者：\n此致\n".encode())).get_data(as_text=True)
    assert "这份文件读不了" in html
    assert "no form pack recognises" in html


@pytest.mark.parametrize("data", [b"%PDF-1.7 broken", b"PK\x03\x04 no zip", bytes(range(256)) * 50, b"\x7fELF"])
def test_hostile_files_end_with_a_word(client: FlaskClient, data: bytes) -> None:
    html = client.get(checked(client, "../../etc/passwd", data)).get_data(as_text=True)
    assert 'role="alert"' in html
    assert "<b>passwd</b>" in html


def test_no_file_an_empty_file_and_a_file_too_large(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post("/check", data={}).status_code == 400
    assert upload(client, "empty.txt", b"").status_code == 400
    monkeypatch.setattr("web.check.pages.MAX_BYTES", 10)
    assert upload(client, "large.txt", b"x" * 11).status_code == 413
    assert MAX_BYTES > 10_000_000


def test_a_draft_can_be_deleted(client: FlaskClient) -> None:
    address = checked(client, "letter.txt", b"nothing")
    assert client.post(address).status_code == 303
    assert client.get(address).status_code == 404
    assert client.get("/check/unknown").status_code == 404


def test_names_and_telephones_are_blacked_out(client: FlaskClient, spoilt: bytes) -> None:
    text = spoilt.decode()
    contact = re.search(r"联系人\t\t（略）", text)
    assert contact, "the example has a line for a contact"
    address = checked(client, "named.txt", text.replace(contact.group(), "联系人\t\t王某某甲", 1).encode())
    assert "王某某甲" not in client.get(address).get_data(as_text=True)
    for suffix in EXPORTS:
        assert "王某某甲".encode() not in client.get(f"{address}/{suffix}").data


def test_one_process_waits_and_a_dead_one_is_not_waited_for(tmp_path: Path, spoilt: bytes) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.prepare()
    waiting = drafts.waiting
    drafts.prepare()
    assert waiting is not None
    assert drafts.waiting is waiting
    waiting.kill()
    waiting.wait()
    token = drafts.take("draft.txt", spoilt).token
    end = time.monotonic() + SECONDS
    while not (found := drafts.find(token)) or not found.is_final:
        assert time.monotonic() < end, "the check does not end"
        time.sleep(0.1)
    assert found.status["step"] == "done"
    assert drafts.waiting is None


def test_drafts_expire_and_old_ones_are_forgotten(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    folder = tmp_path / "00000000"
    folder.mkdir(parents=True)
    write_json(folder / ABOUT, {"name": "x", "size": 1, "expires": time.time() - 1})
    write_json(folder / STATUS, {"step": "done"})
    drafts.forget_old()
    assert not folder.exists()
    assert LIFETIME == 24 * 3600


def test_too_many_at_once_are_asked_to_come_back(client: FlaskClient, example_store: Path) -> None:
    waiting = [example_store / "drafts" / f"waiting-{number}" for number in range(MAX_WAITING)]
    for folder in waiting:
        folder.mkdir(parents=True)
        write_json(folder / ABOUT, {"name": "x", "size": 1, "expires": time.time() + 60})
        write_json(folder / STATUS, {"step": "waiting"})
    try:
        answer = upload(client, "one-more.txt", b"x")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        for folder in waiting:
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
