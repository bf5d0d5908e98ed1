"""How a figure, a finding or anything else of the graph is cited: in words after GB/T 7714-2015, as BibTeX and as CSL-JSON."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import request

from kg.terms import PREFIXES
from web.rendering import caption, name, translate, view
from web.site import View, site
from web.things import Thing, read_thing

BIBTEX, CSL = "application/x-bibtex", "application/vnd.citationstyles.csl+json"
MEDIA_TYPES = {"bib": BIBTEX, "csl": CSL}
"""By what an address ends with."""
_BRACES = str.maketrans({"{": "(", "}": ")", "\\": "/", "\n": " ", "\r": " "})


@dataclass(frozen=True)
class Citation:
    """``issued`` is the printed date or else the fiscal year, empty where neither is known; ``place`` says where in the document it
    stands; ``sha256`` is of the file that was read, empty for what is of this site."""

    author: str
    title: str
    issued: str
    accessed: date
    place: str
    address: str
    sha256: str
    version: int

    @property
    def is_document(self) -> bool:
        return bool(self.sha256)

    def text(self) -> str:
        """One line in the language of the page: author, title, kind, dates, place, address, file, version of the data."""
        values: dict[str, object] = {
            "author": self.author,
            "title": f"{self.title}[{'EB' if self.is_document else 'DB'}/OL]",
            "dates": (f"({self.issued})" if self.issued else "") + f"[{self.accessed.isoformat()}]",
            "place": f"{self.place}. " if self.place else "",
            "address": self.address,
            "file": f"SHA-256: {self.sha256[:16]}. " if self.sha256 else "",
            "version": self.version,
        }
        return translate("cite.text", **values)

    @property
    def key(self) -> str:
        return f"budget-kg-{re.sub(r'[^0-9A-Za-z]+', '-', self.address.partition('/id/')[2]).strip('-')[-60:]}"

    def bibtex(self) -> str:
        """An ``@online`` entry (BibLaTeX), braces and backslashes of document texts replaced."""
        fields = {
            "author": f"{{{self.author.translate(_BRACES)}}}",
            "title": self.title.translate(_BRACES),
            "date": self.issued,
            "urldate": self.accessed.isoformat(),
            "url": self.address,
            "note": "; ".join(part for part in (self.place, f"SHA-256 {self.sha256}" if self.sha256 else "") if part).translate(_BRACES),
            "version": str(self.version),
        }
        lines = [f"  {field} = {{{value}}}," for field, value in fields.items() if value]
        return "\n".join([f"@online{{{self.key},", *lines, "}", ""])

    def csl(self) -> str:
        """A list of one item, as citation managers import it (CSL-JSON)."""
        item: dict[str, object] = {
            "id": self.key,
            "type": "document" if self.is_document else "dataset",
            "author": [{"literal": self.author}],
            "title": self.title,
            "accessed": _date_parts(self.accessed.isoformat()),
            "URL": self.address,
            "version": str(self.version),
        }
        if self.issued:
            item["issued"] = _date_parts(self.issued)
        if self.place:
            item["section"] = self.place
        if self.sha256:
            item["note"] = f"SHA-256: {self.sha256}"
        return json.dumps([item], ensure_ascii=False, indent=1)


def _date_parts(text: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in text.split("-")]]}


def citation_of(data: View, thing: Thing) -> Citation:
    """The citation of a thing: of the disclosure with the place in it where it stands in one, else of this site's data."""
    disclosure = _disclosure(data, thing)
    address = f"{request.host_url.rstrip('/')}/id/{site().links.path(thing.iri)}"
    accessed, version = datetime.now(UTC).date(), view().snapshot.version
    if disclosure is None:
        return Citation(translate("site.name"), caption(thing.iri), "", accessed, "", address, "", version)
    return Citation(
        author=disclosure.value("issuerName") or name(disclosure.value("department")),
        title=data.name(disclosure.iri, "zh"),
        issued=disclosure.value("signedOn") or disclosure.value("fiscalYear").rsplit("/", 1)[-1],
        accessed=accessed,
        place=_place(data, thing) if thing.iri != disclosure.iri else "",
        address=address,
        sha256=disclosure.value("sha256"),
        version=version,
    )


def _disclosure(data: View, thing: Thing) -> Thing | None:
    """The disclosure that a thing is or belongs to."""
    marker = f"{site().settings.base}disclosure"
    inside = thing.value("inDisclosure")
    if not inside and thing.iri.startswith(f"{marker}/"):
        inside = f"{marker}/{thing.iri[len(marker) + 1 :].partition('/')[0]}"
    found = read_thing(data, inside) if inside else None
    return found if found is not None and found.value("sha256") else None


def _place(data: View, thing: Thing) -> str:
    """Table, row, line and figure of a cell; rule and message of a finding; the name of anything else."""
    rule = thing.value("rule")
    if rule:
        return f"{rule.rsplit('/', 1)[-1]} {name(thing.iri)}"
    row = read_thing(data, thing.value("row")) if thing.value("row") else None
    if row is None:
        return caption(thing.iri)
    table = read_thing(data, row.value("inTable"))
    titles = [table.value("printedNumber"), *table.values(f"{PREFIXES['dcterms']}title")[:1]] if table else []
    line = translate("table.line", line=row.value("sourceLine")) if row.value("sourceLine") else ""
    parts = [" ".join(title for title in titles if title), row.value("printedLabel"), line, thing.value("printedText")]
    return ", ".join(part for part in parts if part)
