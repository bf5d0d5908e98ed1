"""Serving: gunicorn workers, each with its own view of the newest snapshot (an open store does not survive a fork)."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from kg.settings import Settings
from web.app import create_app


def run(store_path: Path, settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    # Imported here because it cannot be on Windows, where everything but serving works; it has no type hints.
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):  # type: ignore[misc]  # the untyped class above
        def load_config(self) -> None:
            options: dict[str, Any] = {"bind": f"{host}:{port}", "workers": workers, "preload_app": False}
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(store_path, settings)

    Server().run()
