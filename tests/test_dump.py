"""A store given away: every figure is in the files, exactly; personal data is not."""

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyarrow import parquet

from kg.errors import StoreError
from kg.settings import Settings
from kg.store import EmbeddedStore, Rooms, Snapshot
from kg.upkeep.dump import dump

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
Sums = dict[str, tuple[int, Decimal]]


@pytest.fixture(scope="module")
def folder(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dump") / "public"
    dump(Snapshot(example_store), Settings(), target, LICENCE)
    return target


def _of_graph(store: Path) -> Sums:
    """Count and sum of the observations of each kind of table, by the engine."""
    answer = Snapshot(store).query(
        """PREFIX budget: <https://budget-kg.example/ontology#>
        PREFIX qb: <http://purl.org/linked-data/cube#>
        SELECT ?kind (COUNT(?o) AS ?n) (SUM(?amount) AS ?sum) WHERE {
          ?o a budget:BudgetObservation ; qb:dataSet/budget:tableKind ?kind ; budget:amount ?amount
        } GROUP BY ?kind"""
    )
    assert isinstance(answer, ox.QuerySolutions)
    return {row["kind"].value.rpartition("/")[2]: (int(row["n"].value), Decimal(row["sum"].value)) for row in answer}


def _of_rows(rows: list[tuple[str, Decimal]]) -> Sums:
    found: defaultdict[str, list[Decimal]] = defaultdict(list)
    for table, amount in rows:
        found[table].append(amount)
    return {table: (len(amounts), sum(amounts, Decimal(0))) for table, amounts in found.items()}


def test_the_table_holds_exactly_the_observations_of_the_graph(folder: Path, example_store: Path) -> None:
    with (folder / "facts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert _of_rows([(row["table"], Decimal(row["amount"])) for row in rows]) == _of_graph(example_store)
    assert len(_of_graph(example_store)) >= 8
    assert len({row["observation"] for row in rows}) == len(rows)
    assert all(len(row["amount"].partition(".")[2]) == 2 for row in rows)


def test_parquet_holds_the_same_with_money_as_decimals(example_store: Path, tmp_path: Path) -> None:
    dump(Snapshot(example_store), Settings(), tmp_path / "d", LICENCE, parquet=True)
    table = parquet.read_table(tmp_path / "d" / "facts.parquet")
    assert str(table.schema.field("amount").type) == "decimal128(38, 2)"
    assert not {"float", "double", "halffloat"} & {str(field.type) for field in table.schema}
    pairs = list(zip(table["table"].to_pylist(), table["amount"].to_pylist(), strict=True))
    assert _of_rows(pairs) == _of_graph(example_store)


def test_the_quads_are_those_of_the_store(folder: Path, example_store: Path) -> None:
    lines = gzip.decompress((folder / "budgets.nq.gz").read_bytes()).splitlines(keepends=True)
    assert lines == list(Snapshot(example_store).quads())


def test_package_and_catalogue_describe_the_files(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (resource,) = package["resources"]
    data = (folder / resource["path"]).read_bytes()
    assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert [field["name"] for field in resource["schema"]["fields"]] == data.decode().splitlines()[0].split(",")
    catalogue = ox.Store()
    catalogue.load((folder / "catalogue.ttl").read_bytes(), format=ox.RdfFormat.TURTLE, base_iri="https://data.example/")
    rows = catalogue.query(
        """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?url ?size ?sum { ?c a dcat:Catalog ; dcat:dataset ?d . ?d a dcat:Dataset ; dct:license ?l ; dcat:distribution ?f .
        ?f a dcat:Distribution ; dcat:downloadURL ?url ; dcat:byteSize ?size ; dcat:mediaType ?m ;
        spdx:checksum/spdx:checksumValue ?sum }"""
    )
    assert isinstance(rows, ox.QuerySolutions)
    told = {row["url"].value.removeprefix("https://data.example/"): (int(row["size"].value), row["sum"].value) for row in rows}
    assert told.keys() == {"budgets.nq.gz", "facts.csv"}
    for name, (size, digest) in told.items():
        data = (folder / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest)


def test_personal_data_only_for_the_owner_who_says_so(tmp_path: Path) -> None:
    secret = "a person"
    with EmbeddedStore(tmp_path / "s") as store:
        store.replace_graphs({"urn:t:public": b"<urn:s> <urn:p> <urn:o> .\n"})
        store.put_restricted("urn:t:restricted", f'<urn:s> <urn:p> "{secret}" .\n'.encode())
    dump(Snapshot(tmp_path / "s"), Settings(), tmp_path / "public", LICENCE)
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == [
        "budgets.nq.gz",
        "catalogue.ttl",
        "datapackage.json",
        "facts.csv",
    ]
    assert secret.encode() not in gzip.decompress((tmp_path / "public" / "budgets.nq.gz").read_bytes())
    with pytest.raises(StoreError, match="--overwrite"):
        dump(Snapshot(tmp_path / "s"), Settings(), tmp_path / "public", LICENCE)
    dump(Snapshot(tmp_path / "s"), Settings(), tmp_path / "owner", LICENCE, restricted=Rooms(tmp_path / "s").restricted)
    file = tmp_path / "owner" / "restricted.nq.gz"
    assert (secret.encode() in gzip.decompress(file.read_bytes()), file.stat().st_mode & 0o777) == (True, 0o600)
    assert b"restricted" not in (tmp_path / "owner" / "catalogue.ttl").read_bytes()
