"""Links across documents: what is the same over years and places, how sure that is, and what says so.

Keys first (a document number, a normalised name, a region), then names that are alike. :func:`build_links` brings the graph of
links up to date with the documents and with what people decided; :func:`decide` takes their decisions.
"""

from kg.links.building import GRAPH, Built, build_links, links_anew, links_due
from kg.links.decisions import Decision, decide, read_decisions
from kg.links.likeness import USED, Likeness, Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import Name, read_name
from kg.links.words import told

__all__ = [
    "GRAPH",
    "USED",
    "Built",
    "Decision",
    "Kind",
    "Likeness",
    "Link",
    "Method",
    "Name",
    "Reason",
    "Side",
    "Status",
    "build_links",
    "compare",
    "decide",
    "links_anew",
    "links_due",
    "read_decisions",
    "read_name",
    "told",
]
