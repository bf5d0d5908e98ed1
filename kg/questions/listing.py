"""Questions as people and programs read them: a list, one in full, JSON, and the page of the documentation.

``python -m kg.questions.listing > docs/questions.md`` writes that page from the files beside this module and ``page_head.md``.
"""

import json
import sys
from collections.abc import Iterable
from importlib.resources import files

from kg.questions import TAGS, Parameter, Question, load_questions


def listed(question: Question) -> str:
    """Three lines or more for the list: name and tags, titles, parameters."""
    lines = [f"{question.name}  [{', '.join(question.tags)}]", f"    {question.title.zh} - {question.title.en}"]
    return "\n".join([*lines, *map(_param, question.params)])


def described(question: Question) -> str:
    """One question in full: titles, descriptions, tags, parameters, columns, and its text below the header."""
    tags = ", ".join(f"{TAGS[tag].zh} {TAGS[tag].en} ({tag})" for tag in question.tags)
    lines = [f"{question.name}  [{question.engine}]", question.title.zh, question.title.en, ""]
    lines += [question.description.zh, question.description.en, "", f"标签 Tags: {tags}", "", "参数 Parameters:"]
    lines += [*map(_param, question.params), "", "列 Columns:"]
    lines += [f"    {column.name}  ({column.label.zh}, {column.label.en})" for column in question.columns]
    return "\n".join([*lines, "", question.body])


def _param(param: Parameter) -> str:
    return f"    --param {param.name}={param.default}  {param.kind} ({param.label.zh}, {param.label.en})"


def as_json(questions: Iterable[Question], with_text: bool) -> str:
    """A JSON array of questions; a parameter that may stay open has the default null."""
    return json.dumps([_record(question, with_text) for question in questions], ensure_ascii=False, indent=2)


def _record(question: Question, with_text: bool) -> dict[str, object]:
    record: dict[str, object] = {
        "name": question.name,
        "number": question.number,
        "title": {"zh": question.title.zh, "en": question.title.en},
        "description": {"zh": question.description.zh, "en": question.description.en},
        "tags": list(question.tags),
        "engine": question.engine,
        "params": [
            {"name": one.name, "kind": one.kind, "default": one.default or None, "zh": one.label.zh, "en": one.label.en}
            for one in question.params
        ],
        "columns": [{"name": one.name, "zh": one.label.zh, "en": one.label.en} for one in question.columns],
    }
    return {**record, "text": question.text} if with_text else record


def page(questions: Iterable[Question]) -> str:
    """The page of the documentation as Markdown."""
    head = (files("kg.questions") / "page_head.md").read_text("utf-8")
    tags = "\n".join(f"- `{key}` {words.zh} {words.en}" for key, words in TAGS.items())
    lines = [head, "## Tags\n", tags, "", "## Questions\n", "| no. | name | question | parameters | tags |", "|---|---|---|---|---|"]
    for one in questions:
        params = "<br>".join(f"`{param.name}` {param.kind}{f' = {param.default}' if param.default else ''}" for param in one.params)
        words = f"**{one.title.zh}** {one.title.en}<br>{one.description.zh}<br>{one.description.en}"
        lines.append(f"| {one.number} | `{one.name}` | {words} | {params} | {', '.join(one.tags)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(load_questions()))
