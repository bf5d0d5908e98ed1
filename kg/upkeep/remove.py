"""Documents taken out of a store again: graphs, personal data, source, findings, manifest; readers and the search index follow."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.ingest import tell_shared
from kg.iri import SHA_DIGITS, Minter
from kg.queries import named
from kg.reference import Touched
from kg.search import build_index, index_path
from kg.settings import Settings
from kg.store import Removal, Rooms, Snapshot, Writer
from kg.validate.neighbours import Neighbours
from kg.validate.rules import RuleSet

_HASH = re.compile(r"(?:.*/)?([0-9a-f]{8,64})$")


@dataclass(frozen=True)
class _Known:
    """A document of the store; ``successor`` is the address of the one in its place, empty for a current one."""

    sha256: str
    file: str
    successor: str


@dataclass(frozen=True)
class Removed:
    """A document that was taken out: its hash and the name of its file (empty for one that was superseded)."""

    sha256: str
    file: str


def remove(
    wanted: Sequence[str], store: Writer, rooms: Rooms, settings: Settings, rules: RuleSet, *, revisions: bool = False
) -> list[Removed]:
    """Take documents out, named by file name, hash (eight digits or more) or address; all of them or none.

    ``revisions``: with a document also the older ones that it took the place of. What rules over several documents said of the
    others is dropped, to be validated anew. Raises :class:`BudgetError` for a name that means no document or several, and
    without ``revisions`` for one that has taken the place of others.
    """
    minter = Minter(settings.base)
    known = _known(store, rooms)
    chosen = {one.sha256: one for name in wanted for one in [_meant(name, known)]}
    older = [one for one in known if one.successor and _ends_in(one, known, minter) in chosen and one.sha256 not in chosen]
    if any(not chosen[_ends_in(one, known, minter)].successor for one in older):
        if not revisions:
            raise BudgetError(
                f"有 {len(older)} 个较早版本已被它取代，--revisions 一并删除 / {len(older)} older revisions were superseded by it:"
                " --revisions removes them too"
            )
        chosen |= {one.sha256: one for one in older}
    hashes = list(chosen)
    current = [one for one in chosen.values() if not one.successor]
    touched = Touched()
    for one in current:
        touched.by(store.dump(minter.disclosure_graph(one.sha256)))
    neighbours = Neighbours(store, minter, ()).and_neighbours([one.sha256 for one in current], rules)
    graphs = [minter.graph(f"{kind}/{one.sha256[:SHA_DIGITS]}") for one in current for kind in ("disclosure", "derived")]
    graphs += [minter.validation_graph(sha256) for sha256 in neighbours]
    store.forget(
        Removal(
            hashes=tuple(hashes),
            disclosures=tuple(map(minter.disclosure, hashes)),
            graphs=tuple(dict.fromkeys(graphs)),
            archived=tuple(minter.disclosure_graph(one.sha256) for one in chosen.values() if one.successor),
            restricted=tuple(minter.graph(f"restricted/{sha256[:SHA_DIGITS]}") for sha256 in hashes),
            successors=_new_successors(known, chosen, minter),
        )
    )
    tell_shared(store, minter, touched)
    return [Removed(one.sha256, one.file) for one in chosen.values()]


def _known(store: Writer, rooms: Rooms) -> list[_Known]:
    answer = store.query(named("graphs-of-disclosures"))
    assert isinstance(answer, ox.QuerySolutions)
    found = [_Known(row["sha256"].value, row["file"].value, "") for row in answer]
    if rooms.superseded.exists():
        places = {path.name: path.read_text("utf-8") for path in rooms.superseded.iterdir()}
        names = {path.name for path in rooms.sources.iterdir()}
        found += [_Known(sha256, "", places[sha256[:SHA_DIGITS]]) for sha256 in sorted(names) if sha256[:SHA_DIGITS] in places]
    return found


def _meant(name: str, known: Sequence[_Known]) -> _Known:
    found = [one for one in known if one.file and one.file in (name, Path(name).name)]
    if not found and (digits := _HASH.fullmatch(name)):
        found = [one for one in known if one.sha256.startswith(digits[1])]
    if not found:
        raise BudgetError(f"存储中没有 {name} / no document {name} in the store")
    if len(found) > 1:
        hashes = ", ".join(one.sha256[:SHA_DIGITS] for one in found)
        raise BudgetError(f"{name} 不止一份，请用哈希 / {name} means several documents, say which: {hashes}")
    return found[0]


def _ends_in(one: _Known, known: Sequence[_Known], minter: Minter) -> str:
    """The hash of the current document at the end of the chain of successors; empty where it leads nowhere."""
    by_address = {minter.disclosure(other.sha256): other for other in known}
    passed: set[str] = set()
    while one.successor and one.sha256 not in passed:
        passed.add(one.sha256)
        if one.successor not in by_address:
            return ""
        one = by_address[one.successor]
    return one.sha256


def _new_successors(known: Sequence[_Known], chosen: dict[str, _Known], minter: Minter) -> dict[str, str]:
    """Revisions that stay while the one in their place goes: what then is in their place."""
    going = {minter.disclosure(sha256): one for sha256, one in chosen.items()}
    found = {}
    for one in known:
        address = one.successor
        while address in going and going[address].successor:
            address = going[address].successor
        if one.sha256 not in chosen and address != one.successor:
            found[one.sha256[:SHA_DIGITS]] = address
    return found


def forget_ready(rooms: Rooms) -> None:
    """Remove what a server has kept ready of states that had what was removed; one that runs makes it anew."""
    shutil.rmtree(rooms.ready, ignore_errors=True)


def renew_index(snapshot: Snapshot) -> None:
    """Make the search index of the state without what was removed, if there was one, and leave no older one."""
    target = index_path(snapshot.rooms, snapshot.version)
    old = [path for path in target.parent.glob("*.sqlite") if path != target] if target.parent.exists() else []
    if old:
        build_index(snapshot, target)
    for path in old:
        path.unlink(missing_ok=True)
