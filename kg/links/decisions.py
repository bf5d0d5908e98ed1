"""What people decided about links. A graph of its own, which no ingest and no rebuild touches."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import BudgetError
from kg.iri import Minter, code
from kg.links.model import Status
from kg.ntriples import Triples, text
from kg.ntriples import iri as ref
from kg.store import Reader, Writer, named_rows
from kg.terms import TERMS

GRAPH = "link-decisions"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True)
class Decision:
    """``status`` is accepted or rejected; ``note`` says why and may be empty."""

    status: Status
    note: str = ""


def read_decisions(store: Reader) -> dict[str, Decision]:
    """The decisions by the IRI of the link."""
    found = named_rows(store, "link-decisions")
    return {row["link"]: Decision(Status(row["status"].rpartition("/")[2]), row["note"]) for row in found}


def write_decisions(store: Writer, minter: Minter, decisions: Mapping[str, Decision]) -> None:
    """Replace the decisions by these."""
    triples = Triples()
    for link, decision in decisions.items():
        node = link.replace(f"{minter.base}link/", f"{minter.base}link-decision/")
        triples.add(node, _TYPE, ref(f"{TERMS}LinkDecision"))
        triples.add(node, f"{TERMS}decidedLink", ref(link))
        triples.add(node, f"{TERMS}decidedStatus", ref(code("link-status", decision.status)))
        if decision.note:
            triples.add(node, f"{TERMS}decisionNote", text(decision.note))
    store.replace_graphs({minter.graph(GRAPH): triples.data})


def decide(store: Writer, minter: Minter, links: Mapping[str, Decision | None]) -> None:
    """Take decisions about links of the store; ``None`` takes one back. Raises :class:`BudgetError` for a link that is not there."""
    known = {row["link"] for row in named_rows(store, "links")}
    decisions = read_decisions(store)
    for link, decision in links.items():
        if link not in known and link not in decisions:
            raise BudgetError(f"there is no link {link!r}; `kg links list` shows them")
        if decision is None:
            decisions.pop(link, None)
        else:
            decisions[link] = decision
    write_decisions(store, minter, decisions)
