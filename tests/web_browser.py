"""A real browser for the tests: visits that fail when a page complains or asks another host for something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

from tests.conftest import missing

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@dataclass
class Visit:
    """A page that is open, and what went wrong while it was."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped (in CI: fails) without it."""
    if not CHROMIUM.exists():
        missing("Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def visiting(browser: Browser, address: str, width: int, scheme: str, expected: tuple[str, ...] = ()) -> Iterator[Visit]:
    """A visit in one size and theme. All requests to other hosts are blocked; that none was tried and that no page complained
    is checked at the end. ``expected`` are beginnings of complaints that the visit is about."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN")  # type: ignore[arg-type]
    found = Visit(context.new_page(), address)

    def guard(route: Route, asked: Request) -> None:
        if asked.url.startswith(address):
            route.continue_()
        else:
            found.strangers.append(asked.url)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(expected or ("\0",)):
            found.complaints.append(message.text)

    context.route("**/*", guard)
    found.page.on("console", listen)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    context.close()
    assert found.complaints == []
    assert found.strangers == []


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the window once the page has its style."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def violations(page: Page) -> list[str]:
    """What axe finds on a page: rule, impact and the first places."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']} ({one['impact']}): {[node['target'] for node in one['nodes']][:3]}" for one in found]
