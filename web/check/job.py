"""The check of one draft, in a process of its own with bounded time and memory: ``python -m web.check.job [FOLDER]``.

Without a folder it loads what a check needs, waits for the name of a folder on standard input, and gives up after a while.
"""

import contextlib
import fcntl
import json
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.coverage import coverage
from kg.document import Document, Span
from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.extract.personal import personal_spans
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.records import Disclosure
from kg.settings import Settings
from kg.triples import emit
from kg.validate import Locator, Outcome, Severity, Validation, validate
from kg.validate.evidence import Lines
from kg.validate.jobs import Judge
from kg.validate.report import to_page, to_sarif, to_spreadsheet, to_turtle
from kg.validate.report.words import CAUSES, reckoning
from kg.validate.roots import Root, by_root
from web.check.drafts import ABOUT, EXPORTS, RESULT, SOURCE, STATUS, write_json
from web.naming.labels import subject_name
from web.source import excerpt, printed_place

SECONDS = 120
MEMORY = 4 * 1024**3
PATIENCE = 900
"""Seconds that a process waits for a draft."""
SLOTS = 2
"""Checks that run at once; the others wait for a slot."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """What every check needs: loading it takes longer than a check."""

    tools: Toolbox
    judge: Judge

    @classmethod
    def now(cls) -> "Loaded":
        return cls(Toolbox.load(), Judge.load())


def wait() -> None:
    """Be ready, and check the draft whose folder is named; end when nobody asks, or when whoever might has ended."""
    loaded = Loaded.now()
    ready, _, _ = select.select([sys.stdin], [], [], PATIENCE)
    folder = sys.stdin.readline().strip() if ready else ""
    if folder:
        main(Path(folder), lambda: loaded)


def main(folder: Path, load: Callable[[], Loaded] = Loaded.now) -> None:
    """Check the draft of a folder and leave status, result and exports there."""
    name = json.loads((folder / ABOUT).read_text("utf-8"))["name"]
    with _slot(folder.parent):
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        steps = _Steps(folder)
        try:
            _check(folder, name, steps, load)
        except RefusedFile as error:
            write_json(folder / STATUS, {"step": "refused", "reason": error.reason, "place": error.place})


class _Steps:
    """Tells how far it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun = time.monotonic()
        self.said: Json = {}

    def at(self, step: str, **said: object) -> None:
        self.said |= said
        write_json(self.folder / STATUS, {"step": step, "seconds": round(time.monotonic() - self.begun, 1)} | self.said)


def _check(folder: Path, name: str, steps: _Steps, load: Callable[[], Loaded]) -> None:
    steps.at("read")
    document = read_document(name, (folder / SOURCE).read_bytes())
    steps.at("extract", lines=document.text.count("\n") + 1)
    loaded = load()
    tools, judge = loaded.tools, loaded.judge
    disclosure = extract(document, tools.families, tools.codes)
    figures = sum(len(table.observations) for table in disclosure.tables)
    steps.at("validate", tables=len(disclosure.tables), expected=len(disclosure.expected), figures=figures)
    data = emit(disclosure, tools.pack(disclosure.pack), Minter(Settings().base)).data
    validation = validate(data, judge.context, judge.rules, Lines.of(document.text))
    steps.at("report", rules=len(validation.outcomes))
    exports = {
        "xlsx": to_spreadsheet([validation], judge.rules),
        "ttl": to_turtle([validation]),
        "sarif": to_sarif([validation], judge.rules).encode(),
        "html": to_page([validation], judge.rules).encode(),
    }
    for suffix, content in exports.items():
        (folder / EXPORTS[suffix][0]).write_bytes(content)
    write_json(folder / RESULT, _result(document, disclosure, validation, judge))
    steps.at("done")


def _result(document: Document, disclosure: Disclosure, validation: Validation, judge: Judge) -> Json:
    counts = coverage(document, disclosure).counts()
    hidden = personal_spans(document)
    return {
        "issuer": disclosure.issuer,
        "year": disclosure.fiscal_year,
        "kind": disclosure.kind.value,
        "form": disclosure.pack,
        "tables": [{"title": table.title, "kind": table.kind, "figures": len(table.observations)} for table in disclosure.tables],
        "missing": [kind for kind in disclosure.expected if disclosure.table(kind) is None],
        "coverage": {kind.value: count for kind, count in counts.items()},
        "counts": {severity.value: validation.count(severity) for severity in Severity},
        "outcomes": {outcome.value: sum(said.outcome is outcome for said in validation.outcomes) for outcome in Outcome},
        "open": [
            {"rule": said.rule, "label": asdict(judge.rules[said.rule].label), "reason": asdict(said.reason)}
            for said in validation.outcomes
            if said.outcome is Outcome.NOT_EVALUATED
        ],
        "roots": [_root(root, document, hidden) for root in by_root(validation.findings)],
    }


def _root(root: Root, document: Document, hidden: Sequence[Span]) -> Json:
    finding = root.first
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": asdict(finding.message),
        "sum": {language: reckoning(finding, language) for language in ("zh", "en")},
        "cause": asdict(CAUSES[finding.cause]) if finding.cause in CAUSES else None,
        "places": [_place(locator, document, hidden) for locator in finding.evidence],
        "others": [{"rule": other.rule, "message": asdict(other.message)} for other in root.others],
    }


def _place(locator: Locator, document: Document, hidden: Sequence[Span]) -> Mapping[str, object]:
    """Where it is, and the printed lines around it with the place marked and personal data blacked out."""
    start, end = locator.start, locator.end
    if start is not None and end is None:
        start, end = printed_place(document.text, start, locator.printed)
    lines = excerpt(document.text, start, end, hidden) if start is not None and end is not None else []
    return {
        "place": {language: in_words(text, locator.label, language) for language, text in asdict(locator.place).items()},
        "line": locator.line,
        "printed": locator.printed,
        "excerpt": [[(piece.kind, piece.text) for piece in line.pieces] for line in lines],
    }


def in_words(place: str, label: str, language: str) -> str:
    """A place whose last part may be the key of a statement, with words for the key."""
    return place.removesuffix(label) + subject_name(label, language) if label and place.endswith(label) else place


@contextlib.contextmanager
def _slot(folder: Path) -> Iterator[None]:
    """One of the slots for checks; waits until one is free."""
    while True:
        for number in range(SLOTS):
            with (folder / f"slot-{number}").open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                yield
                return
        time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1])) if len(sys.argv) > 1 else wait()
