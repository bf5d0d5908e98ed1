"""The process in which pdfium runs: a hostile file may crash it, hang it or fill its memory, and nothing else.

It reads the file from standard input and answers on standard output; ``kg.readers.pdf.apart`` starts it. A refusal is
answered as JSON, anything else that goes wrong ends the process with a status that is not 0.
"""

import gc
import json
import sys
from collections.abc import Sequence

from kg.document import Box
from kg.errors import RefusedFile
from kg.readers.pdf import stand_in_font
from kg.readers.pdf.drawing import draw_page
from kg.readers.pdf.items import packed
from kg.readers.pdf.reading import NoText, read_items

MEMORY = 2 << 30
SECONDS = 60
SCAN_LIMITS = (8 << 30, 1800)
"""Address space and CPU seconds for a scan: recognition maps its model and works seconds on a page."""


def main(arguments: Sequence[str]) -> None:
    """``read NAME``, ``scan NAME`` or ``draw NAME PAGE DPI BOXES`` (a JSON list of rectangles to black out)."""
    command, name, *rest = arguments
    _limit(*(SCAN_LIMITS if command == "scan" else (MEMORY, SECONDS)))
    data = sys.stdin.buffer.read()
    try:
        if command == "read":
            stand_in_font.install()
            gc.disable()  # the process ends with its file, and what it makes of it has no cycles
            answer = packed(read_items(name, data))
        elif command == "scan":
            from kg.readers.scan.reading import read_scan  # loads what only the extra installs

            answer = packed(read_scan(name, data))
        else:
            page, dpi, boxes = rest
            answer = draw_page(name, data, int(page), int(dpi), [Box(*box) for box in json.loads(boxes)])
    except NoText:
        answer = b'{"scan": true}'
    except RefusedFile as error:
        answer = json.dumps({"refused": [error.reason, error.place]}, ensure_ascii=False).encode()
    sys.stdout.buffer.write(answer)


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no resource limits; the time limit of the caller holds there
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
