"""Where a remote store is and who we are there. Plain values; nothing here reads the environment."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import StoreError
from kg.store.engines import ENGINES

DEFAULT_SECONDS = 120.0


@dataclass(frozen=True)
class Credentials:
    """A bearer token, or a user with a password (sent as Basic or Digest, as the server asks). Never part of a printed text."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of_files(cls, token_file: Path | None, user: str, password_file: Path | None) -> "Credentials":
        """From files whose first line is the secret. Raises :class:`StoreError` when one cannot be read or half is missing."""
        if bool(user) != bool(password_file):
            raise StoreError("a user needs a password file, and a password file a user", user or str(password_file))
        return cls(_secret(token_file), user, _secret(password_file))

    def __bool__(self) -> bool:
        return bool(self.token or self.user)


def _secret(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"the file of a secret cannot be read: {error}", str(path)) from error
    if not lines or not lines[0].strip():
        raise StoreError("the file of a secret is empty", str(path))
    return lines[0].strip()


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a SPARQL service. ``update`` and ``graph_store`` may be empty, ``engine`` too: then it is recognised.

    ``union_graph`` is the name under which an engine offers the union of all graphs as a default graph, where it has one.
    ``seconds``: how long an answer may keep us waiting.
    """

    query: str
    update: str = ""
    graph_store: str = ""
    engine: str = ""
    union_graph: str = ""
    credentials: Credentials = Credentials()
    seconds: float = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        for url in filter(None, (self.query, self.update, self.graph_store)):
            parts = urlsplit(url)
            if parts.username or parts.password:
                host = parts.hostname or ""
                raise StoreError("an address must not hold a password: say KG_STORE_USER and KG_STORE_PASSWORD_FILE", host)
            if not is_url(url) or not parts.hostname:
                raise StoreError("not an address of a SPARQL service", url)
        if self.engine and self.engine not in ENGINES:
            raise StoreError(f"engine {self.engine!r} is not one of {', '.join(ENGINES)}", self.query)

    def local(self, parent: Path) -> Path:
        """The folder under ``parent`` for what stays on this machine, if no other is chosen: one for each address."""
        parts = urlsplit(self.query)
        words = f"{parts.hostname}-{parts.port or parts.scheme}{parts.path}"
        return parent / "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in words).strip("-.")


def is_url(place: str) -> bool:
    """Whether a place of a store is an address on the web and no folder."""
    return place.lower().startswith(("http://", "https://"))
