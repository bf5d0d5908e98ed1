"""Serving: gunicorn workers, each with its own view of the newest snapshot (an open store does not survive a fork)."""

import os
from pathlib import Path
from typing import Any

from kg.settings import Settings
from web.app import create_app


def _leave(arbiter: object, worker: object) -> None:
    """End a worker whose requests are done without tearing the interpreter down: the engine's threads crash it there
    (seen with pyoxigraph 0.5.13 under gunicorn 27), and a read-only snapshot has nothing to flush."""
    os._exit(0)


def run(store_path: Path, settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    # Imported here because it cannot be on Windows, where everything but serving works.
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"{host}:{port}",
                "workers": workers,
                "preload_app": False,
                "control_socket_disable": True,
                "worker_exit": _leave,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(store_path, settings)

    Server().run()
