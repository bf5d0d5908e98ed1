"""`--store`: a directory, or the address of a SPARQL service; who we are there comes from the environment."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.settings import DEFAULT_LOCAL, DEFAULT_STORE

if TYPE_CHECKING:
    from kg.store import Endpoint, Rooms, View, Writer


place_option = click.option(
    "--store",
    "place",
    default=str(DEFAULT_STORE),
    show_default=True,
    envvar="KG_STORE",
    metavar="DIR|URL",
    help="The store directory, or the address of a SPARQL service (docs/remote-stores.md).",
)
local_option = click.option(
    "--local",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    envvar="KG_STORE_LOCAL",
    help=f"With a URL: the folder for what stays here (sources, archive, personal data). Default: {DEFAULT_LOCAL}/HOST-PORT-PATH.",
)


def open_view(place: str) -> "View":
    """What is in a store, to be read."""
    from kg.store import RemoteStore, Snapshot
    from kg.store.endpoint import is_url

    return RemoteStore(endpoint_of(place)) if is_url(place) else Snapshot(Path(place))


def open_writer(place: str, local: Path | None, must_exist: bool = False) -> "AbstractContextManager[Writer]":
    """A store to be changed. With ``must_exist`` a directory that is no store is refused, not made."""
    from kg.store import EmbeddedStore, RemoteStore, Snapshot
    from kg.store.endpoint import is_url

    if not is_url(place):
        if local:
            raise click.UsageError("--local belongs to a --store that is a URL")
        if must_exist:
            Snapshot(Path(place))
        return EmbeddedStore(Path(place))
    endpoint = endpoint_of(place)
    return RemoteStore(endpoint, local or endpoint.local(DEFAULT_LOCAL))


def local_folder_of(place: str, local: Path | None) -> "Rooms":
    """The folders on this machine of a store: all of a directory, what stays here of a service."""
    from kg.store import Rooms
    from kg.store.endpoint import is_url

    return Rooms(local or endpoint_of(place).local(DEFAULT_LOCAL)) if is_url(place) else Rooms(Path(place))


def endpoint_of(url: str) -> "Endpoint":
    """The service at an address, and who we are there."""
    from kg.store import Credentials, Endpoint

    said = os.environ.get
    credentials = Credentials.of_files(_path(said("KG_STORE_TOKEN_FILE")), said("KG_STORE_USER", ""), _path(said("KG_STORE_PASSWORD_FILE")))
    return Endpoint(
        url,
        said("KG_STORE_UPDATE_URL", ""),
        said("KG_STORE_GRAPH_URL", ""),
        said("KG_STORE_ENGINE", ""),
        said("KG_STORE_UNION_GRAPH", ""),
        credentials,
    )


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
