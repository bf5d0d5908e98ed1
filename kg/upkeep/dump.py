"""A store given away: N-Quads, a data package of the figures, and a DCAT catalogue that describes the files."""

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.iri import Minter
from kg.ntriples import XSD, Triples, text
from kg.ntriples import iri as ref
from kg.settings import Settings
from kg.store import Room, View
from kg.store.faults import told
from kg.upkeep.facts_file import COLUMNS, CsvFile, ParquetFile, Sink, write_facts

_DCAT = "http://www.w3.org/ns/dcat#"
_DCT = "http://purl.org/dc/terms/"
_SPDX = "http://spdx.org/rdf/terms#"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_COMPRESSION = 6
_TITLE = ("部门预算公开知识图谱", "Published department budgets")
_TYPES = {"string": "string", "integer": "integer", "decimal": "number"}


@dataclass(frozen=True)
class Written:
    """A file of a dump: media type, what is in it in both languages, and whether it is compressed."""

    path: Path
    media: str
    zh: str
    en: str
    compressed: bool = False

    @property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Dumped:
    """What a dump holds: files by name, quads and observations."""

    files: tuple[str, ...]
    quads: int
    observations: int


def dump(
    store: View,
    settings: Settings,
    target: Path,
    licence: str,
    *,
    parquet: bool = False,
    restricted: Path | None = None,
    overwrite: bool = False,
) -> Dumped:
    """Write a folder that can be given away; it appears when it is whole.

    Personal data is in it only where the owner gives the folder of the ``restricted`` room (which nobody writes meanwhile): as a
    file of its own that only its owner may read, and that no catalogue names. Raises :class:`StoreError` when the folder is there
    and not to be overwritten.
    """
    if target.exists() and not overwrite:
        raise StoreError("已存在，--overwrite 才会替换 / is there already; --overwrite replaces it", str(target))
    minter = Minter(settings.base)
    with told(target):
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=target.absolute().parent, prefix=f".{target.name}."))
        try:
            quads = _quads(made / "budgets.nq.gz", store.quads())
            files = [Written(made / "budgets.nq.gz", "application/n-quads", "全部图", "all graphs", compressed=True)]
            sinks: list[Sink] = [CsvFile(made / "facts.csv")]
            files.append(Written(made / "facts.csv", "text/csv", "全部数字", "all figures"))
            if parquet:
                sinks.append(ParquetFile(made / "facts.parquet"))
                files.append(Written(made / "facts.parquet", "application/vnd.apache.parquet", "全部数字", "all figures"))
            observations = write_facts(store, minter, sinks)
            package = json.dumps(_package(files, licence, store.version), ensure_ascii=False, indent=1)
            (made / "datapackage.json").write_text(package + "\n", "utf-8")
            (made / "catalogue.ttl").write_bytes(_catalogue(files, licence, store.version))
            if restricted is not None:
                _restricted(made / "restricted.nq.gz", restricted)
            made.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            os.rename(made, target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return Dumped(tuple(sorted(path.name for path in target.iterdir())), quads, observations)


def _quads(path: Path, lines: Iterable[bytes]) -> int:
    number = 0
    with path.open("wb") as file, gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0) as packed:
        for line in lines:
            packed.write(line)
            number += 1
    return number


def _restricted(path: Path, room: Path) -> None:
    if not room.exists():
        raise StoreError("没有个人信息 / there is no personal data in this store", str(room))
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    _quads(path, _lines(Room(room)))


def _lines(room: Room) -> Iterator[bytes]:
    for graph in room.graphs():
        for line in room.dump(graph).splitlines():
            yield line.rstrip(b" .") + f" <{graph}> .\n".encode()


def _package(files: Iterable[Written], licence: str, version: int) -> dict[str, Any]:
    """A Frictionless data package (specs.frictionlessdata.io) of the tables."""
    fields = [{"name": c.name, "type": _TYPES[c.kind], "title": c.zh, "description": c.en} for c in COLUMNS]
    schema = {"fields": fields, "primaryKey": ["observation"], "missingValues": [""]}
    tables = [file for file in files if file.path.name.startswith("facts.")]
    return {
        "name": "budget-kg",
        "title": " ".join(_TITLE),
        "version": str(version),
        "licenses": [{"path": licence}],
        "resources": [
            {
                "name": file.path.name.replace(".", "-"),
                "path": file.path.name,
                "format": file.path.suffix.lstrip("."),
                "mediatype": file.media,
                "bytes": file.path.stat().st_size,
                "hash": f"sha256:{file.sha256}",
                **({"profile": "tabular-data-resource", "encoding": "utf-8", "schema": schema} if file.media == "text/csv" else {}),
            }
            for file in tables
        ],
    }


def _catalogue(files: Iterable[Written], licence: str, version: int) -> bytes:
    """DCAT 3 in Turtle; addresses are relative to where the folder is put."""
    told = Triples()
    type_ = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    told.add("#catalogue", type_, ref(f"{_DCAT}Catalog"))
    told.add("#catalogue", f"{_DCAT}dataset", ref("#dataset"))
    for node in ("#catalogue", "#dataset"):
        told.add(node, f"{_DCT}title", text(_TITLE[0], "zh"), text(_TITLE[1], "en"))
    told.add("#dataset", type_, ref(f"{_DCAT}Dataset"))
    told.add("#dataset", f"{_DCT}license", ref(licence))
    told.add("#dataset", f"{_DCT}issued", f'"{date.today().isoformat()}"^^<{XSD}date>')
    told.add("#dataset", f"{_DCAT}version", text(str(version)))
    for file in files:
        name = file.path.name
        told.add("#dataset", f"{_DCAT}distribution", ref(f"#{name}"))
        told.add(f"#{name}", type_, ref(f"{_DCAT}Distribution"))
        told.add(f"#{name}", f"{_DCT}title", text(file.zh, "zh"), text(file.en, "en"))
        told.add(f"#{name}", f"{_DCAT}downloadURL", ref(name))
        told.add(f"#{name}", f"{_DCAT}mediaType", ref(_MEDIA + file.media))
        told.add(f"#{name}", f"{_DCAT}byteSize", f'"{file.path.stat().st_size}"^^<{XSD}nonNegativeInteger>')
        told.add(f"#{name}", f"{_DCT}license", ref(licence))
        if file.compressed:
            told.add(f"#{name}", f"{_DCAT}compressFormat", ref(f"{_MEDIA}application/gzip"))
        told.add(f"#{name}", f"{_SPDX}checksum", ref(f"#{name}-sha256"))
        told.add(f"#{name}-sha256", f"{_SPDX}algorithm", ref(f"{_SPDX}checksumAlgorithm_sha256"))
        told.add(f"#{name}-sha256", f"{_SPDX}checksumValue", f'"{file.sha256}"^^<{XSD}hexBinary>')
    return told.data
