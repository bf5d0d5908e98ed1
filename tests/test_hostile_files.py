"""Files that nobody should trust: each gets one clear error within its limits, and the store stays as it was."""

import io
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from kg.errors import RefusedFile
from kg.ingest import Toolbox, ingest, load
from kg.readers.formats import read_document
from kg.settings import Settings
from kg.store import EmbeddedStore
from tests.made_files import as_docx, as_pdf, as_xlsx
from tests.made_shanghai import Made, Style
from tests.pdf_pages import pdf, table, text

SECONDS = 90


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


BODY = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>%s</w:body></w:document>"
PARAGRAPH = b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
ENTITY = b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + BODY % (PARAGRAPH % b"&x;")
LAUGHS = b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>" + BODY % (PARAGRAPH % b"&b;")


def many_pages() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(5000):
        canvas.drawString(10, 10, "x")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def many_paths() -> bytes:
    """A page of a million path objects, written by hand: the library would take minutes."""
    content = b"0 0 m 9 9 l S\n" * 1_000_000
    return one_page(content)


def one_page(content: bytes) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def whole() -> bytes:
    return as_pdf(Made(Style()).content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "encrypted.pdf": (lambda: pdf(text(50, 50, "x"), encrypt="secret"), "encrypted"),
    "scan.pdf": (lambda: one_page(b"0 0 100 100 re f"), "no text"),
    "pages.pdf": (many_pages, "pages"),
    "paths.pdf": (many_paths, "too many objects"),
    "cut.pdf": (lambda: whole()[:3000], "broken|no text"),
    "only-a-head.pdf": (lambda: b"%PDF-1.7\n", "broken"),
    "bomb.docx": (lambda: archive(word__document_xml=BODY % (PARAGRAPH % (b"0" * 80_000_000))), "larger than"),
    "entity.docx": (lambda: archive(word__document_xml=ENTITY), "document type"),
    "laughs.docx": (lambda: archive(word__document_xml=LAUGHS), "document type"),
    "deep.docx": (lambda: archive(word__document_xml=BODY % (b"<w:sdt>" * 5000)), "broken"),
    "cut.docx": (lambda: as_docx(["一行"])[:-200], "broken"),
    "hole.docx": (lambda: (data := archive(word__document_xml=BODY % (PARAGRAPH % b"x")))[:40] + data[80:], "broken"),
    "macros.docm": (lambda: archive(word__document_xml=BODY % b"", word__vbaProject_bin=b"x"), "macros"),
    "macros.xlsm": (lambda: archive(xl__workbook_xml=b"<x/>", xl__vbaProject_bin=b"x"), "macros"),
    "cut.xlsx": (lambda: as_xlsx(["一行"])[:-200], "broken"),
    "no-sheets.xlsx": (lambda: archive(xl__workbook_xml=b"<x/>"), "cannot be read|no text"),
    "other.zip": (lambda: archive(a_xml=b"<a/>"), "neither"),
    "program.pdf": (lambda: b"MZ" + bytes(1000), "program"),
    "program.txt": (lambda: b"\x7fELF" + bytes(1000), "program"),
    "deep.html": (lambda: b"<html>" + b"<div>" * 50_000 + b"x", "nested|read"),
    "encrypted.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600), "encrypted"),
    "macros.doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le") + bytes(600), "macros"),
    "empty.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(600), "cannot be read"),
    "control.txt": (lambda: b"\x00\x01\x02\x03" * 100, "not text"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_clear_error(name: str) -> None:
    make, reason = HOSTILE[name]
    data = make()
    began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RefusedFile, match=reason) as refused:
        read_document(name, data)
    assert "\n" not in str(refused.value)
    assert refused.value.file == name
    assert time.monotonic() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < 1_000_000, "kilobytes"


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(RefusedFile, match="200,000,000 bytes"):
        load(large)


def test_a_store_is_as_it_was_after_a_refused_file(tmp_path: Path, tools: Toolbox) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(whole())
    unknown = tmp_path / "unknown.pdf"
    unknown.write_bytes(pdf(table(50, 50, (100, 100), (("甲", "1"), ("乙", "2")))))
    with EmbeddedStore(tmp_path / "store") as store:
        ingest([good], store, Settings(), tools, lambda message: None)
        before = {name: store.dump(name) for name in store.graphs()}
        report = ingest([unknown], store, Settings(), tools, lambda message: None)
        assert [refusal.file for refusal in report.refused] == ["unknown.pdf"]
        assert {name: store.dump(name) for name in store.graphs()} == before
