"""Pages of a PDF source as pictures: the cell marked where it was printed, personal data black, other files without pictures."""

import re
import struct
import zlib
from html import unescape
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.ingest import Toolbox, ingest
from kg.readers.formats import read_document
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from tests.made_files import as_pdf
from tests.made_shanghai import Made, Style
from tests.numbers import LANDLINE
from tests.pdf_pages import all_of, pdf, text
from web.app import create_app
from web.memory import Memory
from web.pictures import blackouts

SMALL = "0123456789abcdef"
BUDGET = "https://budget-kg.example/ontology#"
_CELLS = f"""PREFIX budget: <{BUDGET}>
SELECT ?cell ?printed ?start ?box ?sha256 WHERE {{
  ?cell budget:sourceBox ?box ; budget:printedText ?printed ; budget:sourceStart ?start .
  ?cell <http://purl.org/linked-data/cube#dataSet> ?table .
  ?table budget:inDisclosure/budget:sha256 ?sha256 }} ORDER BY ?start"""


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a PNG that has no filter."""
    width, height, _, colour = struct.unpack(">IIBB", png[16:26])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, step = zlib.decompress(data), width * (4 if colour == 6 else 3) + 1
    return width, height, [raw[row * step + 1 : (row + 1) * step] for row in range(height)]


def darkness(png: bytes, left: float, top: float, right: float, bottom: float, points: float) -> float:
    """The share of black in a rectangle given in points of a page that is ``points`` wide."""
    width, _, rows = pixels(png)
    scale, channels = width / points, len(rows[0]) // width
    dark = [
        max(row[x * channels : x * channels + 3]) < 60
        for row in rows[int(top * scale) : int(bottom * scale)]
        for x in range(int(left * scale), int(right * scale))
    ]
    return sum(dark) / len(dark)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, tools: Toolbox) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    file = folder / "made.pdf"
    file.write_bytes(as_pdf(Made(Style()).content))
    with EmbeddedStore(folder / "store") as store:
        assert not ingest([file], store, Settings(), tools, lambda message: None).refused
    return folder / "store"


def test_a_cell_is_marked_on_the_picture_of_its_page(store: Path) -> None:
    client = create_app(store, Settings()).test_client()
    answer = Snapshot(store).query(_CELLS)
    assert isinstance(answer, ox.QuerySolutions)
    cells = list(answer)
    assert len(cells) > 20
    for cell in (cells[0], cells[-1]):
        page, left, top, width, height = map(float, re.findall(r"[\d.]+", cell["box"].value))
        start, printed = int(cell["start"].value), cell["printed"].value
        html = client.get(f"/source/{cell['sha256'].value[:16]}?start={start}&end={start + len(printed)}").text
        assert f'<mark id="hit">{printed}</mark>' in html
        (rect,) = re.findall(r'<rect class="box-hit" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/>', html)
        found = [float(number) for number in rect]
        assert found == pytest.approx([left - 1, top - 1, width + 2, height + 2], abs=0.2)
        (picture,) = re.findall(r'<image href="([^"]+)"', html)
        assert picture.endswith(f"/{page:.0f}.png")
        shown = client.get(unescape(picture))
        assert shown.mimetype == "image/png"
        (points,) = re.findall(r'viewBox="0 0 ([\d.]+) [\d.]+" role="img"', html)
        assert 0.005 < darkness(shown.data, left, top, left + width, top + height, float(points)) < 0.6
    linked = client.get(f"/doc{cells[0]['cell'].value.removeprefix('https://budget-kg.example')}.html").text
    assert f"start={cells[0]['start'].value}" in linked


def test_pages_that_are_not_there(store: Path) -> None:
    client = create_app(store, Settings()).test_client()
    row = next(iter(Snapshot(store).query(_CELLS)))  # type: ignore[call-overload]
    sha16 = row["sha256"].value[:16]
    for number in ("0", "99999", "x"):
        assert client.get(f"/source/{sha16}/{number}.png").status_code == 404
    assert client.get("/source/0000000000000000/1.png").status_code == 404
    assert client.get(f"/source/{sha16}?sheet=99999").status_code == 200
    assert 'class="sheet"' in client.get(f"/source/{sha16}?sheet=2").text


def site_over(path: Path, source: bytes) -> FlaskClient:
    disclosure, department = f"https://budget-kg.example/disclosure/{SMALL}", "https://budget-kg.example/dept/000000/x"
    lines = [f'<{disclosure}> <{BUDGET}sha256> "{SMALL}" .', f"<{disclosure}> <{BUDGET}department> <{department}> ."]
    with EmbeddedStore(path) as store:
        store.replace_graphs({f"https://budget-kg.example/graph/disclosure/{SMALL}": "\n".join(lines).encode()})
        store.keep_source(SMALL, source)
    return create_app(path, Settings()).test_client()


def test_personal_data_are_black_on_pictures(tmp_path: Path) -> None:
    page = all_of(text(72, 100, "项目负责人：张三丰"), text(72, 140, f"联系电话：{LANDLINE}"), text(72, 180, "预算 661.10 万元"))
    source = pdf(page)
    client = site_over(tmp_path, source)
    html = client.get(f"/source/{SMALL}").text
    assert "张三丰" not in html
    (points,) = map(float, re.findall(r'viewBox="0 0 ([\d.]+) [\d.]+" role="img"', html))
    picture = client.get(f"/source/{SMALL}/1.png").data
    document = read_document(SMALL, source)
    for words, least in (("张三丰", 0.99), (LANDLINE, 0.99)):
        start = document.text.index(words)
        piece = next(piece for piece in document.fragments if piece.start <= start < piece.end)
        assert darkness(picture, piece.box.left, piece.box.top, piece.box.right, piece.box.bottom, points) > least
    open_ = next(piece for piece in document.fragments if piece.start <= document.text.index("661.10") < piece.end)
    assert darkness(picture, open_.box.left, open_.box.top, open_.box.right, open_.box.bottom, points) < 0.6
    assert client.get(f"/source/{SMALL}/1.png").data == picture, "the second time from the folder"
    assert blackouts(document, 2, ()) == []


def test_a_text_has_no_pictures(tmp_path: Path) -> None:
    client = site_over(tmp_path, "预算 661.10 万元\n".encode())
    assert 'class="sheet"' not in client.get(f"/source/{SMALL}").text
    assert client.get(f"/source/{SMALL}/1.png").status_code == 404


def test_what_was_used_last_is_remembered() -> None:
    memory, made = Memory(2), []

    def make(key: str) -> str:
        made.append(key)
        return key

    for key in ("a", "b", "a", "c", "a", "b"):
        assert memory.get(key, lambda key=key: make(key)) == key  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]
