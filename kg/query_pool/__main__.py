"""The broker as a program; :mod:`kg.query_pool.pool` starts it."""

import json
import socket
import sys
from pathlib import Path

from kg.query_pool.broker import Broker
from kg.query_pool.limits import Limits


def main() -> None:
    settings = json.loads(sys.argv[1])
    lifeline = socket.socket(fileno=int(settings["lifeline"]))
    folder = Path(settings["folder"])
    Broker(Path(settings["store"]), folder / "broker", folder, Limits(**settings["limits"]), lifeline).run()


if __name__ == "__main__":
    main()
