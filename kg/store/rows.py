"""The program's own queries (:mod:`kg.queries`) asked of a store, their solutions as texts."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.queries import named
from kg.store.interface import UNION, Dataset, Reader, Term


def named_rows(
    store: Reader, query: str, bindings: Mapping[str, Term] | None = None, *, dataset: Dataset = UNION
) -> Iterator[dict[str, str]]:
    """The solutions of a SELECT of ``kg/queries``: variable → text of its value, empty where it is not bound."""
    answer = store.query(named(query), bindings, dataset=dataset)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        values = {name: solution[name] for name in names}
        yield {name: value.value if isinstance(value, ox.NamedNode | ox.Literal) else "" for name, value in values.items()}
