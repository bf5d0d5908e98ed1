"""Minting: pure functions from names to IRIs. Stable, injective on normalised names, tested as laws."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from kg.settings import DEFAULT_BASE

VOCABULARY = DEFAULT_BASE  # codes, regions and years are shared vocabulary: always here, whatever the instance base
SHA_DIGITS = 16
NO_REGION = "000000"
_YEAR_PREFIX = re.compile(r"^(?:19|20)\d\d\s*年度?")
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{0,6}[〔【\[(（]\s*(?:19|20)\d\d\s*[〕】\])）]\s*\d*\s*号?")
_GENERIC_SUFFIX = re.compile(r"(?:的通知|项目)+$")


def normal(text: str) -> str:
    """NFKC without white space: the form in which two printings of one name are equal."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def slug(name: str) -> str:
    """The NFKC name without white space, percent-encoded (no character of it is special in an IRI path)."""
    return quote(normal(name), safe="")


def project_key(name: str) -> str:
    """A project's name without its year, document number and generic suffix; the whole name when nothing would be left."""
    full = normal(name)
    bare = _GENERIC_SUFFIX.sub("", _DOCUMENT_NUMBER.sub("", _YEAR_PREFIX.sub("", full)))
    return bare or full


def code(scheme: str, notation: str) -> str:
    """A concept of a code list: ``code("functional/2024", "2101501")``."""
    return f"{VOCABULARY}code/{scheme}/{quote(notation, safe='')}"


def year(fiscal_year: int) -> str:
    return f"{VOCABULARY}year/{fiscal_year}"


def region(region_code: str) -> str:
    return f"{VOCABULARY}region/{region_code}"


def rule(rule_id: str) -> str:
    return f"{VOCABULARY}rule/{rule_id}"


@dataclass(frozen=True)
class Minter:
    """Mints the instances of one installation under its base."""

    base: str = DEFAULT_BASE

    def department(self, region_code: str, name: str) -> str:
        return f"{self.base}dept/{region_code or NO_REGION}/{slug(name)}"

    def project(self, region_code: str, department: str, name: str) -> str:
        return f"{self.base}project/{region_code or NO_REGION}/{slug(department)}/{quote(project_key(name), safe='')}"

    def policy(self, issuer: str, policy_year: int, number: str, title: str) -> str:
        """A policy document: by issuer, year and number, or by title where it has no number."""
        if policy_year:
            return f"{self.base}policy/{slug(issuer)}/{policy_year}/{int(number)}"
        return f"{self.base}policy/{slug(issuer) or 'unknown'}/title/{hashlib.sha256(normal(title).encode()).hexdigest()[:SHA_DIGITS]}"

    def link(self, kind: str, first: str, second: str) -> str:
        """A link across documents, by its kind and its two ends (IRIs, or a name)."""
        return f"{self.base}link/{kind}/{hashlib.sha256(f'{first} {second}'.encode()).hexdigest()[:SHA_DIGITS]}"

    def grant(self, core: str, grant_year: int = 0) -> str:
        """Money that is passed down, by what its notices call it; without a year the programme of all years."""
        return f"{self.base}grant/{slug(core)}" + (f"/{grant_year}" if grant_year else "")

    def indicator(self, name: str) -> str:
        return f"{self.base}indicator/{slug(name)}"

    def change_event(self, resulting: str) -> str:
        """The renaming or merger that a department came out of."""
        return f"{self.base}event/{resulting.removeprefix(self.base)}"

    def disclosure(self, sha256: str) -> str:
        return f"{self.base}disclosure/{sha256[:SHA_DIGITS]}"

    def graph(self, name: str) -> str:
        """A named graph: ``disclosure/{sha16}``, ``validation/{sha16}``, ``codes/{list}``, ``ontology``, ``reference``."""
        return f"{self.base}graph/{name}"

    def disclosure_graph(self, sha256: str) -> str:
        return self.graph(f"disclosure/{sha256[:SHA_DIGITS]}")

    def validation_graph(self, sha256: str) -> str:
        return self.graph(f"validation/{sha256[:SHA_DIGITS]}")
