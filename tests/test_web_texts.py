"""Both languages are complete, every text that a page uses exists, none is left over, and nothing is said outside the catalogue."""

import ast
import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

import web
from web.tables import COLUMN_ORDER
from web.texts import LANGUAGES, TEXTS, text

WEB = Path(web.__file__).parent
TEMPLATES = sorted(WEB.glob("templates/*.html"))
MODULES = sorted(path for path in WEB.rglob("*.py") if path.name != "texts.py")
SCRIPTS = sorted(WEB.glob("assets/src/*.js"))
SOURCES = "\n".join(path.read_text("utf-8") for path in chain(TEMPLATES, MODULES))
USED = set(re.findall(r"""\bt(?:ranslate)?\(["']([a-z0-9.-]+)["']\s*[,)]""", SOURCES))
PREFIXES = (
    set(re.findall(r"""\bt\(["']([a-z0-9.-]+[.-])["'] ~""", SOURCES))
    | set(re.findall(r"""\btranslate\(f?"([a-z0-9.-]+\.)["{]""", SOURCES))
    | {"column.", "term."}
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SAME_IN_BOTH = frozenset({"IRI", "SHA", "SPARQL", "Turtle", "CSV", "XLSX", "KB", "BibTeX", "CSL", "JSON"})
"""Names that both languages write alike."""
_NOT_FOR_THE_PAGE = {"三公", "职业年金", "医疗保障", "满意度", "部门预算公开知识图谱"}
"""Words that a Chinese document prints, offered as examples to search for; the title of the data in VoID, which has both languages."""
_OWN_NAME_OF_THE_LANGUAGE = {"中文"}


def test_both_languages_say_everything_with_the_same_values() -> None:
    assert len(TEXTS) > 300
    for key, (zh, en) in TEXTS.items():
        assert zh.strip(), key
        assert en.strip(), key
        fields = [{field for _, field, _, _ in Formatter().parse(words) if field is not None} for words in (zh, en)]
        assert fields[0] == fields[1], key


def test_english_has_no_chinese_and_chinese_is_chinese() -> None:
    assert {key for key, (_, en) in TEXTS.items() if _HAN.search(en)} == set()
    latin = {key for key, (zh, en) in TEXTS.items() if not _HAN.search(zh) and _WORD.search(re.sub(r"{\w+}", "", zh)) and zh != en}
    assert latin == set(), "a Chinese text without Chinese that is not the same name in both languages"


def test_every_text_that_is_used_exists() -> None:
    assert len(USED) > 80
    assert USED - TEXTS.keys() == set()


def test_no_text_is_left_over() -> None:
    dynamic = {key for key in TEXTS if any(key.startswith(prefix) for prefix in PREFIXES)}
    assert TEXTS.keys() - USED - dynamic == set()


def spoken(template: str) -> set[str]:
    """The words of a template that come from no expression: in its text, and in the attributes that are shown or read out."""
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", template, flags=re.S)
    attributes = re.findall(r"""\b(?:title|alt|placeholder|aria-label|label|value)=["']([^"']*)["']""", bare)
    return set(re.findall(r"[A-Za-z]{2,}|[\u3400-\u9fff]+", " ".join([re.sub(r"<[^>]*>", " ", bare), *attributes])))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_says_nothing_by_itself(template: Path) -> None:
    written = template.read_text("utf-8")
    assert spoken(written) - _SAME_IN_BOTH == set()
    expressions = " ".join(re.findall(r"{%.*?%}|{{.*?}}", written, flags=re.S))
    assert set(re.findall(r"[\u3400-\u9fff]+", expressions)) - _OWN_NAME_OF_THE_LANGUAGE == set()


def test_a_template_that_says_something_is_noticed() -> None:
    assert spoken('<p title="a note">{{ t("x") }} Hello {# no #}<b>部门</b></p>') == {"note", "Hello", "部门"}


def shown_literals(module: Path) -> set[str]:
    """The string constants with Chinese in a module, but for its documentation."""
    tree = ast.parse(module.read_text("utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation)
    return {node.value for node in strings if isinstance(node.value, str) and _HAN.search(node.value)}


def test_no_module_has_chinese_of_its_own() -> None:
    assert set().union(*map(shown_literals, MODULES)) - _NOT_FOR_THE_PAGE == set()


def said_by_script(script: str) -> set[str]:
    """The string constants of a script that look like words for a reader: with Chinese, or with a capital and a blank."""
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", " ", script, flags=re.S)
    strings = [found[1] for found in re.findall(r"""(["'`])((?:\\.|(?!\1)[^\\\n])*)\1""", bare)]
    return {words for words in strings if _HAN.search(words) or re.match(r"[A-Z][a-z]+ [a-z]", words)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_gets_its_words_from_the_page(script: Path) -> None:
    assert said_by_script(script.read_text("utf-8")) == set()


def test_a_script_that_says_something_is_noticed() -> None:
    assert said_by_script("x.textContent = 'No rows'; // a 部门\ny = `部门`;") == {"No rows", "部门"}


def test_every_known_column_has_a_heading() -> None:
    assert {f"column.{key}" for key in COLUMN_ORDER} <= TEXTS.keys()


def test_a_text_without_a_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.key", LANGUAGES[0])
