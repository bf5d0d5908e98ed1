"""What a rule over several disclosures sees beside the one that is validated.

The rule names a property (``budget:sees``). Of every other current disclosure it sees the things that share a value of that
property with the disclosure (citations of the same document), and what the other says of itself; where the disclosures
themselves share it (their department), the whole graph. The others are not typed as disclosures: the rule is about one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.iri import Minter
from kg.queries import named
from kg.store import Reader
from kg.terms import TERMS
from kg.validate.rules import RuleSet

_TYPE_OF_DISCLOSURE = f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{TERMS}Disclosure> ."


@dataclass(frozen=True)
class Neighbourhood:
    """N-Triples of others, and these disclosures: address → hash and file name."""

    data: bytes
    disclosures: Mapping[str, tuple[str, str]]


def neighbours(store: Reader, minter: Minter, sha256: str, joined_by: str) -> Neighbourhood:
    """What a disclosure's rules see of the others that this property joins with it."""
    things: dict[str, set[str]] = {}
    disclosures: dict[str, tuple[str, str]] = {}
    for row in _joined(store, minter, sha256, joined_by):
        things.setdefault(row["graph"], {row["disclosure"]}).add(row["thing"])
        disclosures[row["disclosure"]] = (row["sha256"], row["file"])
    whole = joined_by == f"{TERMS}department"
    lines: list[str] = []
    for graph, subjects in things.items():
        starts = tuple(f"<{subject}> " for subject in sorted(subjects))
        lines += (
            line
            for line in store.dump(graph).decode().splitlines(keepends=True)
            if (whole or line.startswith(starts)) and not line.rstrip().endswith(_TYPE_OF_DISCLOSURE)
        )
    return Neighbourhood("".join(lines).encode(), disclosures)


def with_neighbours(store: Reader, minter: Minter, hashes: Sequence[str], rules: RuleSet) -> list[str]:
    """These hashes, and those of the disclosures that some rule sees from one of them."""
    found = dict.fromkeys(hashes)
    for joined_by in sorted({rule.sees for rule in rules} - {""}):
        for sha256 in hashes:
            found |= dict.fromkeys(row["sha256"] for row in _joined(store, minter, sha256, joined_by))
    return list(found)


def _joined(store: Reader, minter: Minter, sha256: str, joined_by: str) -> Iterator[dict[str, str]]:
    bindings = {"own": ox.NamedNode(minter.disclosure_graph(sha256)), "property": ox.NamedNode(joined_by)}
    answer = store.query(named("neighbours"), bindings)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: solution[name].value for name in names if isinstance(solution[name], ox.NamedNode | ox.Literal)}
