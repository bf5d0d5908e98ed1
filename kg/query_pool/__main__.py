"""The broker as a program; :mod:`kg.query_pool.pool` starts it."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

from kg.query_pool.broker import Broker
from kg.query_pool.limits import Limits
from kg.query_pool.source import Place
from kg.store import Credentials, Endpoint


def main() -> None:
    lifeline = socket.socket(fileno=int(sys.argv[1]))
    # By the socket and not on the command line, which everybody on the machine can read: a remote store may have a token.
    with lifeline.makefile("rb", buffering=0) as file:
        settings = json.loads(file.readline())
    folder = Path(settings["folder"])
    Broker(_place(settings["store"]), folder / "broker", folder, Limits(**settings["limits"]), lifeline).run()


def _place(said: str | dict[str, Any]) -> Place:
    if isinstance(said, str):
        return Path(said)
    return Endpoint(**{**said, "credentials": Credentials(**said["credentials"])})


if __name__ == "__main__":
    main()
