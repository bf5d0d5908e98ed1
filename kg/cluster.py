"""Files prepared on a Dask cluster: the workers write N-Quads parts on storage that all of them share, this process takes them in.

What a worker does is :func:`kg.ingest.prepare`, as in the processes of one machine. A task may be done twice (a worker was ended): its part
is the same bytes under the same name. Personal data and the bytes of the file never go through a part.
"""

import contextlib
import hashlib
import secrets
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg import iri
from kg.errors import BudgetError, RefusedFile
from kg.ingest import Desk, Prepared, Toolbox, known_hash, prepare
from kg.program import program
from kg.readers.bundle import bundled
from kg.whole_file import write_whole

if TYPE_CHECKING:
    from distributed import Future

_SECONDS = 60
"""So long is waited for the scheduler, and for its first worker."""
_desks: dict[str, Desk] = {}
"""On a worker: what files are prepared with, by base."""


@dataclass(frozen=True)
class Part:
    """A file that a worker prepared: its graph is in ``name`` (N-Quads, with this SHA-256), the rest is as in ``prepared``."""

    name: str
    sha256: str
    prepared: Prepared


def make_part(parts: Sequence[str], folder: str, base: str) -> Part | RefusedFile:
    """On a worker: prepare the files of one disclosure, and write its graph into the folder. The part appears when it is whole."""
    if base not in _desks:
        _desks[base] = Desk(Toolbox.load(), iri.Minter(base))
    made = prepare([Path(part) for part in parts], _desks[base])
    if isinstance(made, RefusedFile):
        return made
    assert isinstance(made, Prepared), "nothing is known to a worker"
    graph = _desks[base].minter.disclosure_graph(made.imprint.sha256)
    data = b"".join(line.removesuffix(b" .") + f" <{graph}> .\n".encode() for line in made.triples.splitlines())
    name = f"{made.imprint.sha256}.nq"
    write_whole(Path(folder) / name, data)
    return Part(name, hashlib.sha256(data).hexdigest(), replace(made, triples=b"", data=b""))


class Cluster:
    """A running Dask cluster. Use as a context manager.

    ``folder`` and the files have to be seen by the workers under the same paths; parts are in a folder of their own there, which goes
    with this object, whatever a worker that was ended has left or does once more. Raises :class:`BudgetError` where there is no
    scheduler, no worker, or a worker with another program than this.
    """

    def __init__(self, address: str, folder: Path) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise BudgetError("分布式导入需要 / ingest on a cluster needs: pip install 'budget-kg[dask]'") from error
        self._address, self._folder = address, folder.absolute() / secrets.token_hex(8)
        with contextlib.ExitStack() as stack:
            with self._named():
                self._client: Client = Client(address, timeout=_SECONDS, set_as_default=False)
                stack.callback(self._client.close)
                self._client.wait_for_workers(1, timeout=_SECONDS)
                others = [worker for worker, digest in self._client.run(program).items() if digest != program()]
            if others:
                raise BudgetError(f"工作进程的程序版本不同 / workers of another program than this one: {', '.join(sorted(others))}")
            self._folder.mkdir(parents=True)
            stack.pop_all()  # all is well: the client is closed at the end, not here

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def each_prepared(self, sets: Sequence[Sequence[Path]], desk: Desk) -> Iterator[tuple[Sequence[Path], Prepared | str | RefusedFile]]:
        """As the processes of one machine: the files with what was made of them, in their order; known ones are not sent."""
        left = iter(sets)
        under_way: deque[tuple[Sequence[Path], str | Future[Any]]] = deque()
        with self._named():
            while True:
                wanted = 2 * max(1, sum(self._client.ncores().values()))  # workers may come and go
                for parts in islice(left, max(0, wanted - len(under_way))):
                    under_way.append((parts, known_hash(parts, desk) or self._sent(parts, desk)))
                if not under_way:
                    return
                parts, made = under_way.popleft()
                yield parts, made if isinstance(made, str) else self._received(parts, made)

    def _sent(self, parts: Sequence[Path], desk: Desk) -> "Future[Any]":
        names = [str(path.absolute()) for path in parts]
        return self._client.submit(make_part, names, str(self._folder), desk.minter.base, pure=False)

    def _received(self, parts: Sequence[Path], future: "Future[Any]") -> Prepared | RefusedFile:
        """What a worker made of a file, its part read and taken away."""
        from distributed import KilledWorker

        try:
            made = future.result()
        except KilledWorker as error:
            return RefusedFile(f"每次都使工作进程终止 / every worker that read it was ended: {error}", parts[0].name)
        if isinstance(made, RefusedFile):
            return made
        prepared: Prepared = made.prepared
        path = self._folder / made.name
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != made.sha256:
            raise BudgetError(f"{path}: 与工作进程所写不同 / is not what the worker wrote: is the folder shared by all?")
        path.unlink()
        source = parts[0].read_bytes() if len(parts) == 1 else bundled([(part.name, part.read_bytes()) for part in parts])
        if len(parts) == 1 and hashlib.sha256(source).hexdigest() != prepared.imprint.sha256:
            return RefusedFile("读取期间文件改变了 / the file changed while it was read", parts[0].name)
        triples = b"".join(line.rpartition(b" <")[0] + b" .\n" for line in data.splitlines())
        return replace(prepared, triples=triples, data=source)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """What goes wrong with the cluster, as one clear error."""
        from asyncio import CancelledError as Abandoned
        from concurrent.futures import CancelledError

        from distributed.comm import CommClosedError

        try:
            yield
        except (CommClosedError, CancelledError, Abandoned, TimeoutError, OSError) as error:
            raise BudgetError(f"{self._address}: 集群不可用 / the cluster cannot be used: {type(error).__name__}: {error}") from error
