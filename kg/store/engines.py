"""How SPARQL engines differ where the protocol leaves room or an engine leaves the protocol. One value an engine.

``docs/remote-stores.md`` tells the same to a person, with the engines that were not at hand to be tried.
"""

from dataclasses import dataclass

RECORD = "urn:budget-kg:store"
"""The graph in which a remote store keeps its schema version, its data version and the digest of its vocabulary."""


@dataclass(frozen=True)
class Engine:
    """``server`` is how the engine's ``Server`` header begins; empty for one that is not recognised by it.

    ``union``: the HTTP fields with which the default graph of a query is the union of all graphs; ``None`` when it has to
    be found out. ``drop``: the words that empty a graph, there or not. ``insert_lines``: the most triples in one INSERT DATA,
    0 for no limit; more are sent as several operations of the same request, which begins with ``update_preamble``.
    ``results``: the type of rows to ask for. ``cuts_at``: the header that says that rows were left out of a successful
    answer; ``cuts_silently``: graphs are cut without it. ``graphs``: the query for the names of all graphs; ``hidden``:
    graphs of the engine's own; ``exclude``: what a query must say to leave a graph out of the union. ``joins_last_values``:
    whether VALUES after the query is joined with its rows. ``update_path``: the
    end of the address for updates, where that for queries ends in ``query_path``.
    """

    name: str
    server: str = ""
    union: tuple[tuple[str, str], ...] | None = None
    drop: str = "DROP SILENT GRAPH"
    insert_lines: int = 0
    update_preamble: str = ""
    results: str = "application/sparql-results+json"
    cuts_at: str = ""
    cuts_silently: bool = False
    graphs: str = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }"
    hidden: tuple[str, ...] = ()
    exclude: str = ""
    joins_last_values: bool = True
    query_path: str = ""
    update_path: str = ""


GENERIC = Engine("generic")

OXIGRAPH = Engine(
    "oxigraph",
    server="Oxigraph",
    union=(("union-default-graph", "true"),),
    # The empty pattern names every graph without looking at its triples.
    graphs="SELECT ?graph WHERE { GRAPH ?graph { } }",
    query_path="/query",
    update_path="/update",
)

VIRTUOSO = Engine(
    "virtuoso",
    server="Virtuoso",
    union=(),
    # DROP of a graph that was never created explicitly is an error there; SILENT hides other errors as well.
    drop="CLEAR GRAPH",
    # An INSERT DATA of about five thousand typed values ends in "memory exhausted"; several in one request do not.
    insert_lines=2000,
    # Where virtuoso.ini has a MaxQueryCostEstimationTime, the server turns this off, and a request of about two thousand
    # triples is refused for "more than 10000 lines of code".
    update_preamble="define sql:big-data-const 1",
    # Its JSON has booleans as 1 and 0, its XML as true and false.
    results="application/sparql-results+xml",
    cuts_at="X-SPARQL-MaxRows",
    cuts_silently=True,
    # With SELECT DISTINCT it was seen to run without end on a store of a few graphs (7.2.5).
    graphs="SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph",
    hidden=(
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/ns/ldp#",
        "http://localuriqaserver/sparql",
        "http://www.w3.org/2002/07/owl#",
        "urn:activitystreams-owl:map",
    ),
    exclude="define input:default-graph-exclude <{graph}>",
    # The column that the query computed shows the value of VALUES, and no row is left out.
    joins_last_values=False,
    query_path="/sparql",
    update_path="/sparql-auth",
)

ENGINES = {engine.name: engine for engine in (GENERIC, OXIGRAPH, VIRTUOSO)}


def recognise(server: str) -> Engine:
    """The engine by the ``Server`` header of an answer; the generic one when it is none of ours."""
    return next((engine for engine in ENGINES.values() if engine.server and server.startswith(engine.server)), GENERIC)
