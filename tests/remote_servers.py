"""The servers of the tests on remote stores: one of each kind a session, on the loopback address, in a folder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.servers import MissingProgram, Server
from kg.store import RemoteStore
from tests.conftest import missing


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        with servers.oxigraph(tmp_path_factory.mktemp("oxigraph"), in_memory=True) as server:
            yield server
    except MissingProgram as program:
        missing(f"the server {program}")


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
            yield server
    except MissingProgram as program:
        missing(f"the server {program}")


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Server:
    found = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(found, Server)
    return found


def empty(server: Server, local: Path) -> RemoteStore:
    """The server's store with nothing in it, to be written."""
    store = RemoteStore(server.endpoint, local)
    store.replace_graphs({}, drop=store.graphs())
    store.set_vocabulary("")
    return store
