"""Both languages are complete, every text that a page uses exists, and none is left over."""

import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

import web
from web.tables import COLUMN_ORDER
from web.texts import LANGUAGES, TEXTS, text

WEB = Path(web.__file__).parent
SOURCES = "\n".join(path.read_text("utf-8") for path in chain(WEB.glob("templates/*.html"), WEB.glob("*.py")) if path.name != "texts.py")
USED = set(re.findall(r"""\bt(?:ranslate)?\(["']([a-z.-]+)["']\s*[,)]""", SOURCES))
PREFIXES = set(re.findall(r"""\bt\(["']([a-z.-]+\.)["'] ~""", SOURCES)) | {"column.", "term."}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    zh, en = TEXTS[key]
    assert zh.strip()
    assert en.strip()
    fields = [{field for _, field, _, _ in Formatter().parse(words) if field is not None} for words in (zh, en)]
    assert fields[0] == fields[1]


def test_every_text_that_is_used_exists() -> None:
    assert len(USED) > 80
    assert USED - TEXTS.keys() == set()


def test_no_text_is_left_over() -> None:
    dynamic = {key for key in TEXTS if any(key.startswith(prefix) for prefix in PREFIXES)}
    assert TEXTS.keys() - USED - dynamic == set()


def test_every_known_column_has_a_heading() -> None:
    assert {f"column.{key}" for key in COLUMN_ORDER} <= TEXTS.keys()


def test_a_text_without_a_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.key", LANGUAGES[0])
