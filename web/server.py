"""Serving: gunicorn workers, each with its own view of the newest snapshot (an open store does not survive a fork)."""

from pathlib import Path
from typing import Any

from flask import Flask

from kg.settings import Settings
from web.app import create_app


def run(store_path: Path, settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    from gunicorn.app.base import BaseApplication  # not importable on Windows; only this function needs it

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
        def load_config(self) -> None:
            options: dict[str, Any] = {"bind": f"{host}:{port}", "workers": workers, "preload_app": False}
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(store_path, settings)

    Server().run()
