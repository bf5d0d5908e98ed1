"""One change by the owner, in a process of its own that ends with it: the store is open for writing no longer than needed.

The changes are a SPARQL update and those of the SPARQL 1.1 Graph Store Protocol. When the answer goes out, the change has been
published: the next query sees it.
"""

import os
import re
import signal
import socket
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.query_guard import ForbiddenQueryError
from kg.query_pool.lanes import Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.wire import Inbox, Message, send
from kg.query_pool.worker import end_with_parent
from kg.store import EmbeddedStore
from kg.update_guard import prepare_update

_PLACE = re.compile(r"line (\d+) (?:at|between)? ?columns? (\d+)")


def serve(link: socket.socket, parent: int, store: Path, spool: Path, limits: Limits) -> None:
    """Make the change that the broker sends, answer, end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent)
    inbox = Inbox()
    while (message := inbox.take()) is None:
        if not inbox.receive(link):
            return
    send(link, Message(change(message, store)))


def change(message: Message, store: Path) -> dict[str, Any]:
    """Make a change and publish it."""
    try:
        with EmbeddedStore(store) as target:
            return _update(message, target) if message.fields["action"] == "update" else _write_graph(message, target)
    except QueryError as error:
        forbidden = isinstance(error, ForbiddenQueryError)
        return {"refused": error.reason, "line": error.line, "column": error.column, "forbidden": forbidden}
    except ValueError as error:  # a graph that is no IRI
        return {"refused": str(error), "line": 0, "column": 0, "forbidden": False}
    except StoreError:
        return {"verdict": Verdict.LOCKED, "wait": 5}


def _update(message: Message, target: EmbeddedStore) -> dict[str, Any]:
    fields = message.fields
    text = prepare_update(message.data.decode(), fields["using"], fields["using_named"])
    target.update(text, fields["base"])
    return {"done": True}


def _write_graph(message: Message, target: EmbeddedStore) -> dict[str, Any]:
    """Replace, extend or remove a graph; an empty name is the default graph, which is always there."""
    fields = message.fields
    name, action = fields["graph"], fields["action"]
    node = f"GRAPH {ox.NamedNode(name)}" if name else "DEFAULT"
    existed = not name or name in target.graphs()
    if action == "delete":
        if existed:
            target.update(f"DROP SILENT {node}")
        return {"done": existed}
    triples = b"".join(_triples(message, name or fields["base"])).decode()
    insert = f"INSERT DATA {{ {f'{node} {{ {triples} }}' if name else triples} }}"
    # An empty graph that was put is there.
    begin = [f"DROP SILENT {node}"] if action == "put" else []
    create = [f"CREATE SILENT {node}"] if name else []
    target.update(" ;\n".join([*begin, *create, insert]))
    return {"done": True, "created": not existed}


def _triples(message: Message, base: str) -> list[bytes]:
    """The body as N-Triples; ``parts`` are the media types and sizes of its pieces, in order."""
    assert message.file is not None
    found = []
    with os.fdopen(message.file, "rb") as body:
        body.seek(0)
        for media_type, size in message.fields["parts"]:
            form = ox.RdfFormat.from_media_type(media_type)
            assert form is not None
            try:
                quads = ox.parse(body.read(size), format=form, base_iri=base, rename_blank_nodes=True)
                found.append(ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b"")
            except SyntaxError as error:
                place = _PLACE.search(str(error))
                line, column = (int(number) for number in place.groups()) if place else (0, 0)
                raise QueryError(f"not {form.name}: {error}", line, column) from error
    return found
