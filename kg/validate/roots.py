"""Findings that rest on the same wrong cell.

A finding of a sum or of a same fact can be mended at one of its cells: the stated one by what was expected, an addend
or the other printing by the difference. Where one correction of one cell mends several findings, that cell is their
root; the cell that mends most is taken first. A finding that shares no such cell is its own root: its value. What the
correction would do to checks that hold is not looked at, so a root is a place to look first, not a verdict.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.validate.finding import Finding, OperandRole
from kg.validate.rules import Severity


@dataclass(frozen=True)
class _Mending:
    """Adding ``correction`` to ``cell`` mends the finding at ``index``, give or take ``tolerance``."""

    index: int
    cell: str
    correction: Decimal
    tolerance: Decimal
    stated: bool

    def agrees(self, other: "_Mending") -> bool:
        return abs(self.correction - other.correction) <= self.tolerance + other.tolerance


def with_roots(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings with ``root`` set."""
    roots = {index: finding.root for index, finding in enumerate(findings)}
    left = [mending for index, finding in enumerate(findings) for mending in _mendings(index, finding)]
    while left:
        by_cell: dict[str, list[_Mending]] = defaultdict(list)
        for mending in left:
            by_cell[mending.cell].append(mending)
        groups = ([other for other in here if other.agrees(pivot)] for here in by_cell.values() for pivot in here)
        best = max(groups, key=lambda group: (len({mending.index for mending in group}), sum(mending.stated for mending in group)))
        mended = {mending.index for mending in best}
        if len(mended) < 2:
            break
        roots |= dict.fromkeys(mended, best[0].cell)
        left = [mending for mending in left if mending.index not in mended]
    return tuple(replace(finding, root=roots[index]) for index, finding in enumerate(findings))


@dataclass(frozen=True)
class Root:
    """One thing to look at, and every finding that rests on it: the one to show first, then the others."""

    thing: str
    first: Finding
    others: tuple[Finding, ...]

    @property
    def severity(self) -> Severity:
        return self.first.severity


_SEVERITIES = tuple(Severity)


def by_root(findings: Sequence[Finding]) -> tuple[Root, ...]:
    """Findings by root, the most severe roots first, else in the order of the findings.

    Shown first is the most severe finding; of several, one that states the root itself wrong.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.root, []).append(finding)
    roots = []
    for thing, group in groups.items():
        first = min(group, key=lambda finding: (_SEVERITIES.index(finding.severity), _states(finding) != thing))
        roots.append(Root(thing, first, tuple(finding for finding in group if finding is not first)))
    return tuple(sorted(roots, key=lambda root: _SEVERITIES.index(root.severity)))


def _states(finding: Finding) -> str:
    return finding.value.value if finding.value is not None else ""


def _mendings(index: int, finding: Finding) -> list[_Mending]:
    if finding.difference is None:
        return []
    tolerance = finding.tolerance or Decimal(0)
    signs = {OperandRole.STATED: -1, OperandRole.ADDEND: 1, OperandRole.SUBTRAHEND: -1, OperandRole.SAME: 1}
    return [
        _Mending(index, cell.thing, signs[cell.role] * finding.difference, tolerance, cell.role is OperandRole.STATED)
        for cell in finding.evidence
        if cell.role in signs
    ]
