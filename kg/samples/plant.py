"""Planted faults: a sample changed so that it breaks a rule at a known place."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from kg.samples import faults_in_cells, faults_in_projects, faults_in_prose, faults_in_tables, faults_in_text, faults_in_wording
from kg.samples.facts import SampleDisclosure
from kg.samples.faults import NotPlantable, Place, Planter
from kg.samples.faults_across import PAIR_PLANTERS, PairPlanter

__all__ = ["PLANTABLE", "PLANTABLE_BESIDE", "NotPlantable", "Place", "Planted", "plant", "plant_beside"]

PLANTABLE: Mapping[str, Planter] = MappingProxyType(
    dict(
        sorted(
            {
                **faults_in_cells.PLANTERS,
                **faults_in_projects.PLANTERS,
                **faults_in_prose.PLANTERS,
                **faults_in_tables.PLANTERS,
                **faults_in_text.PLANTERS,
                **faults_in_wording.PLANTERS,
            }.items()
        )
    )
)
"""How to break each rule. One wrong figure often breaks others too: those findings rest on the same root."""
PLANTABLE_BESIDE: Mapping[str, PairPlanter] = PAIR_PLANTERS
"""How to break each rule over several disclosures: in one of two."""


@dataclass(frozen=True)
class Planted:
    """A changed sample with the rule it breaks, and what was changed from what; amounts are in 元."""

    sample: SampleDisclosure
    rule: str
    place: Place
    before: str
    after: str


def plant(sample: SampleDisclosure, rule: str, rng: Random) -> Planted:
    """The sample with one fault under that rule.

    Raises :class:`ValueError` for a rule that is not in ``PLANTABLE`` and :class:`NotPlantable` when this sample has no
    place for it (no project, no carry-over).
    """
    if rule not in PLANTABLE:
        raise ValueError(f"no way to break {rule}; there is one for {', '.join(PLANTABLE)}")
    fault = PLANTABLE[rule](sample, rng)
    return Planted(fault.sample, rule, fault.place, fault.before, fault.after)


def plant_beside(sample: SampleDisclosure, other: SampleDisclosure, rule: str, rng: Random) -> Planted:
    """The sample with one fault under a rule over several disclosures, which shows beside ``other``.

    Raises :class:`ValueError` for a rule that is not in ``PLANTABLE_BESIDE`` and :class:`NotPlantable` when these two have nothing in
    common that could differ.
    """
    if rule not in PLANTABLE_BESIDE:
        raise ValueError(f"no way to break {rule} beside another; there is one for {', '.join(PLANTABLE_BESIDE)}")
    fault = PLANTABLE_BESIDE[rule](sample, other, rng)
    return Planted(fault.sample, rule, fault.place, fault.before, fault.after)
