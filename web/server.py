"""The production server: gunicorn over the application factory."""
from pathlib import Path

from gunicorn.app.base import BaseApplication

from kg.settings import Settings
from web.app import create_app

_TIMEOUT_SECONDS = 60


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, configured from values instead of a file. Each worker opens the store's snapshot after the fork."""

    def __init__(self, store: Path, settings: Settings, options: dict[str, object]) -> None:
        self._store = store
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return create_app(self._store, self._settings)


def run(store: Path, settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until a signal ends it; running requests are finished first."""
    options: dict[str, object] = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "timeout": _TIMEOUT_SECONDS,
        "graceful_timeout": 10,
        "proc_name": "budget-kg",
        "loglevel": "warning",
        "preload_app": False,
    }
    _Server(store, settings, options).run()
