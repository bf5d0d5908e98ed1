"""Serving: gunicorn workers before one broker of queries; waitress where processes cannot be forked."""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.query_pool.limits import Limits
from kg.query_pool.runner import Runner
from kg.query_pool.source import Place
from kg.settings import Settings
from web.app import create_app
from web.endpoint.access import PUBLIC, Access
from web.serving import LICENCE, Serving
from web.warming import keep_warm

_THREADS = 48
"""Requests that one web process has under way. One that waits for its query costs a thread and nothing else, and each client
may have only a few of them."""
_LOG = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(L)s'
_LOG_WITH_QUERIES = '%(h)s %(t)s "%(r)s" %(s)s %(B)s %(L)s'


@dataclass(frozen=True)
class Installation:
    """What is served, and where. ``workers`` are web processes; ``access_log`` is a file, ``-`` for standard output or empty."""

    store: Place
    settings: Settings
    host: str
    port: int
    workers: int
    limits: Limits
    access: Access = PUBLIC
    licence: str = LICENCE
    access_log: str = "-"
    log_queries: bool = False
    local: Path | None = None
    ready_after: float = 0.0


def run(installation: Installation) -> None:
    """Serve until stopped. Raises :class:`kg.errors.StoreError` when there is no store to read."""
    if hasattr(os, "fork"):
        _run_gunicorn(installation)
    else:
        _run_waitress(installation)


def _run_gunicorn(installation: Installation) -> None:
    # Imported here because they cannot be on Windows, where everything but serving works.
    from gunicorn.app.base import BaseApplication

    from kg.query_pool.client import PoolClient
    from kg.query_pool.pool import Pool

    pool = Pool(installation.store, installation.limits)

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in _options(installation, pool).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            serving = _serving(installation, PoolClient(pool.address))
            app = create_app(installation.store, installation.settings, serving)
            keep_warm(app, serving)
            return app

    with pool:
        Server().run()


def _serving(installation: Installation, runner: Runner) -> Serving:
    return Serving(runner, installation.access, installation.licence, installation.local, installation.ready_after)


def _options(installation: Installation, pool: Any) -> dict[str, Any]:
    def ready(server: object) -> None:
        """Say that requests are answered now."""
        print(f"ready: http://{installation.host}:{installation.port}/", file=sys.stderr, flush=True)  # noqa: T201

    def leave(arbiter: object, worker: object) -> None:
        """End a worker whose requests are done without tearing the interpreter down: the engine's threads crash it there
        (seen with pyoxigraph 0.5.13 under gunicorn 27), and a read-only snapshot has nothing to flush."""
        os._exit(0)

    return {
        "bind": f"{installation.host}:{installation.port}",
        "workers": installation.workers,
        "worker_class": "gthread",
        "threads": _THREADS,
        "keepalive": 15,
        "backlog": 1024,
        "timeout": 60,
        "graceful_timeout": int(min(installation.limits.time, 30)) + 2,
        "preload_app": False,
        "control_socket_disable": True,
        "forwarded_allow_ips": ",".join(str(network) for network in installation.access.trusted_proxies),
        "limit_request_line": 0,
        "accesslog": installation.access_log or None,
        "access_log_format": _LOG_WITH_QUERIES if installation.log_queries else _LOG,
        "loglevel": "warning",
        "when_ready": ready,
        "worker_exit": leave,
        "on_exit": lambda server: pool.close(),
    }


def _run_waitress(installation: Installation) -> None:
    """One process; queries run in it, and nothing can stop them: for one's own use, not for the public."""
    from waitress import serve

    from kg.query_pool.direct import DirectRunner

    runner = DirectRunner(installation.store, replace(installation.limits, workers=2, long_slots=1))
    serving = replace(_serving(installation, runner), ready_after=0.0)  # a query that nobody waits for could not be stopped
    app = create_app(installation.store, installation.settings, serving)
    keep_warm(app, serving)
    serve(app, host=installation.host, port=installation.port, threads=8)
