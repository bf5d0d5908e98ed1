"""``python -m benchmarks.drafts [FILE …]``: seconds from the upload of a draft with one changed amount to the page that marks it.

Without files: the examples. Of each the largest amount that is printed three times is changed where it stands first. It is uploaded
twice: at once, and some seconds after the form was opened, as people do, who choose a file first. The limit is on the longest.
"""

import io
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import EmbeddedStore
from web.app import create_app

LIMIT_SECONDS = 10.0
_AMOUNT = re.compile(r"(?<![\d.,])\d{2,6}\.\d{2}(?![\d%])")
_CHOOSING = 5.0
"""Seconds between the form and the upload."""
_POLL = 0.05


def main(arguments: Sequence[str] = ()) -> int:
    """Print the seconds of each file; 1 when one takes longer than the limit or its changed amount is not marked."""
    files = [Path(argument) for argument in arguments] or sorted(Path("examples").glob("*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        with EmbeddedStore(store) as writer:
            writer.replace_graphs({"https://budget-kg.example/graph/empty": b"<a:b> <a:b> <a:b> .\n"})
        client = create_app(store, Settings()).test_client()
        worst = max(_one(client, file, is_prepared) for file in files for is_prepared in (False, True))
    print(f"longest {worst:.1f} s (limit {LIMIT_SECONDS:.0f})")
    return int(worst > LIMIT_SECONDS)


def _one(client: FlaskClient, file: Path, is_prepared: bool) -> float:
    """Seconds until the changed amount is marked; infinite when it is not."""
    text = file.read_text("utf-8")
    counted = Counter(_AMOUNT.findall(text))
    amount = max(counted, key=lambda one: (counted[one] > 2, float(one)), default="")
    changed = f"{amount[:-4]}{(int(amount[-4]) + 3) % 10}{amount[-3:]}" if amount else ""
    if is_prepared:
        client.get("/check")
        time.sleep(_CHOOSING)
    start = time.perf_counter()
    data = {"file": (io.BytesIO(text.replace(amount, changed, 1).encode()), file.name)}
    address = client.post("/check", data=data, content_type="multipart/form-data").headers["Location"]
    while "Refresh" in (answer := client.get(address)).headers:
        time.sleep(_POLL)
    seconds = time.perf_counter() - start
    found = bool(changed) and f"<mark>{changed}</mark>" in answer.text
    said = f"{'marked' if found else 'not marked'} after {seconds:.1f} s{', the form open before' if is_prepared else ''}"
    print(f"{file.name[:40]:<42} {amount} → {changed}: {said}")
    return seconds if found else float("inf")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
