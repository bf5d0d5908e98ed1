"""What the first reader of newly published data would wait for, made before one comes."""

import threading
import time

from flask import Flask

from kg.errors import StoreError
from web.home import kept_overview
from web.site import site

_SECONDS = 1.0
"""Between two looks for newer data: reading the name of the snapshot costs nothing."""


def keep_warm(app: Flask) -> None:
    """Have a thread of this process look for newly published data, now and for as long as it lives."""
    threading.Thread(target=_watch, args=(app,), daemon=True).start()


def _watch(app: Flask) -> None:
    while True:
        with app.app_context():
            warm()
        time.sleep(_SECONDS)


def warm() -> None:
    """Open the newest data and make the figures of the first page; what is there already is not made again."""
    try:
        kept_overview(site().view())
    except StoreError:  # the store is being replaced: the next look finds it, and a request meanwhile says so to its reader
        return
