"""Mutated files of every format: each becomes a document and is extracted, or is refused with one error; nothing else happens."""

from collections import Counter

import pytest

from tests.fuzz_runs import MUTATIONS, SHARES, outcome, outcomes


@pytest.mark.parametrize("form", SHARES)
def test_a_few_mutated_files_are_read_or_refused(form: str) -> None:
    seen = [outcome(form, 1_000_000 + seed) for seed in range(3)]
    assert set(seen) <= {"read", "refused"}, "\n".join(seen)


@pytest.mark.soak
def test_ten_thousand_mutated_files_are_read_or_refused() -> None:
    """To go through them in pieces: ``python -m tests.fuzz_runs``."""
    assert len(MUTATIONS) == 10_000
    seen: Counter[str] = Counter()
    wrong = []
    for form, seed, came in outcomes(MUTATIONS):
        seen[came] += 1
        if came not in ("read", "refused"):
            wrong.append(f"{form}/{seed}: {came}")
    assert not wrong, f"{len(wrong)}: {wrong[:5]}"
    assert seen["read"] > 1_000
    assert seen["refused"] > 1_000
