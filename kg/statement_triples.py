"""What the prose and the performance sheets say, as triples: one node a statement, few triples each (``docs/graph.md``)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from kg import iri
from kg.amounts import parse_number
from kg.narrative_triples import NarrativeEmitter
from kg.ntriples import Triples, date, decimal, integer, text
from kg.ntriples import iri as ref
from kg.statement_writer import BUDGET, RDF_TYPE, RDFS_LABEL, StatementWriter
from kg.statements import (
    Allocation,
    Amount,
    Declaration,
    GlossaryTerm,
    Indicator,
    PerformanceSheet,
    PolicyCitation,
    ProjectDescription,
    Statements,
    Subsidy,
)

_DENIALS = ("no-performance-sheet",)
"""What rules read of the sentences that say that something is absent."""
_STEP = Decimal(100)
"""Prose and sheets print 万元 with two decimals, or with as many as they need."""
_UNIFIED = str.maketrans("（）", "()")


class StatementEmitter(StatementWriter):
    """Adds the statements of one disclosure to its triples. ``project_of`` finds a project's node by its printed names."""

    def __init__(self, triples: Triples, disclosure: str, minter: iri.Minter, projects: "ProjectNodes") -> None:
        super().__init__(triples, disclosure)
        self.minter = minter
        self.projects = projects

    def emit(self, statements: Statements, steps: Mapping[Decimal, Decimal]) -> None:
        """All statements that have a place in the graph; headings, most declarations and notes only serve extraction.

        ``steps`` are the finest steps that the tables print, by the factor of their unit, both in 元.
        """
        NarrativeEmitter(self.triples, self.this, statements, steps).emit()
        denials = [one for one in statements.declarations if one.about in _DENIALS]
        for number, denial in enumerate(denials, start=1):
            self._denial(f"{self.this}/denial/{number}", denial)
        described = [self.projects.described(project) for project in statements.projects]
        for node, project in zip(described, statements.projects, strict=True):
            self._project(node, project)
        for number, allocation in enumerate(statements.allocations, start=1):
            self._allocation(f"{self.this}/allocation/{number}", allocation)
        for number, subsidy in enumerate(statements.subsidies, start=1):
            self._subsidy(f"{self.this}/subsidy/{number}", subsidy)
        for number, citation in enumerate(statements.policies, start=1):
            self._citation(f"{self.this}/citation/{number}", citation)
        about = self._projects_of(statements.sheets, described)
        for sheet in statements.sheets:
            self._sheet(sheet, about.get(sheet.number))
        self._indicators(statements.indicators)
        for number, term in enumerate(statements.glossary, start=1):
            self._term(f"{self.this}/term/{number}", term)
        self._add(self.this, "internalOffice", *(text(office.name) for office in statements.offices))

    def _step(self, subject: str, *amounts: Amount | None) -> None:
        if (step := _finest(amounts)) != _STEP:
            self._add(subject, "printResolution", decimal(step))

    def _denial(self, node: str, denial: Declaration) -> None:
        self._statement(node, "StatedFact", denial, f"performance:{denial.about}")
        self._money(node, amount=denial.amount)
        self._text(node, text=denial.text)

    def _project(self, node: str, project: ProjectDescription) -> None:
        self._place(node, project.span)
        self._money(node, describedAmount=project.amount)
        self._step(node, project.amount)
        self._text(node, undertaker=project.undertaker, policyBasis=project.policy_basis, executionText=project.period_printed)
        if iri.normal(project.name) != iri.normal(self.projects.labels[node]):
            self._text(node, describedName="".join(project.name.split()))
        for name, day in (("executionStart", project.start), ("executionEnd", project.end)):
            if day:
                self._add(node, name, date(day))

    def _allocation(self, node: str, part: Allocation) -> None:
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}AllocationPart"))
        self.triples.add(node, RDFS_LABEL, text(part.item, "zh"))
        self._add(node, "allocationOf", ref(self.projects.named(part.project)))
        self._money(node, amount=part.amount)
        self._start(node, part.span)

    def _subsidy(self, node: str, subsidy: Subsidy) -> None:
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}SubsidyStandard"))
        self._add(node, "standardOf", ref(self.projects.named(subsidy.project)))
        self._money(node, standardAmount=subsidy.standard)
        if subsidy.headcount is not None:
            self._add(node, "headcount", integer(int(subsidy.headcount)))
        self._text(node, standardUnit=subsidy.standard_unit, printedText=subsidy.printed)
        self._place(node, subsidy.span)

    def _citation(self, node: str, citation: PolicyCitation) -> None:
        policy = self.minter.policy(citation.issuer, citation.year, citation.number, citation.title)
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}PolicyCitation"))
        self._add(node, "inDisclosure", ref(self.this))
        self._add(node, "cites", ref(policy))
        self._text(node, printedText=citation.printed, citedTitle=citation.title, policyRegion=citation.region)
        if citation.year and citation.title:
            self._add(node, "citesNotice", ref(self.minter.policy(citation.issuer, 0, "", citation.title)))
        if citation.advance_year:
            self._add(node, "advanceYear", ref(iri.year(citation.advance_year)))
        self._place(node, citation.span)
        if citation.project:
            project = self.projects.named(citation.project)
            self._add(node, "citationOf", ref(project))
            if citation.where == "basis":
                self._add(project, "basedOn", ref(policy))

    def _projects_of(self, sheets: Iterable[PerformanceSheet], described: list[str]) -> dict[int, str]:
        """The project of each project sheet: the one of its whole name, else the described one, else the one of the tables
        that alone has its amount and no sheet, else one that only the sheet names."""
        found: dict[int, str] = {}
        unknown = []
        for sheet in (one for one in sheets if one.scope == "project"):
            told = described[sheet.described] if sheet.described is not None else None
            node = self.projects.exactly(sheet.project) or told
            if node is None:
                unknown.append(sheet)
            else:
                found[sheet.number] = node
        for sheet in unknown:
            of_amount = self.projects.with_amount(sheet.amount.value if sheet.amount else None) - set(found.values())
            found[sheet.number] = of_amount.pop() if len(of_amount) == 1 else self.projects.alone(sheet.project)
        return found

    def _sheet(self, sheet: PerformanceSheet, project: str | None) -> None:
        node = f"{self.this}/sheet/{sheet.number}"
        label = sheet.project or sheet.title
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}PerformanceSheet"))
        self.triples.add(node, RDFS_LABEL, text(label, "zh"))
        self._text(node, normalisedName=normal_form(label))
        self._add(node, "inDisclosure", ref(self.this))
        if project:
            self._add(node, "sheetOf", ref(project))
        self._step(node, sheet.amount, sheet.fiscal, sheet.fiscal_upper, sheet.fiscal_own, sheet.other)
        self._add(node, "missingColumn", *map(text, sheet.missing))
        self._money(node, amount=sheet.amount, fiscalFunds=sheet.fiscal, upperFunds=sheet.fiscal_upper)
        self._money(node, ownLevelFunds=sheet.fiscal_own, otherFunds=sheet.other)
        self._text(node, goalText=sheet.goal)
        self._place(node, sheet.span)

    def _indicators(self, indicators: Iterable[Indicator]) -> None:
        numbers: dict[int, int] = {}
        for indicator in indicators:
            numbers[indicator.sheet] = numbers.get(indicator.sheet, 0) + 1
            sheet = f"{self.this}/sheet/{indicator.sheet}"
            node = f"{sheet}/target/{numbers[indicator.sheet]}"
            self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}IndicatorTarget"))
            self.triples.add(node, RDFS_LABEL, text(indicator.level3, "zh"))
            self._add(node, "targetOf", ref(sheet))
            self._text(node, firstLevel=indicator.level1, secondLevel=indicator.level2, comparator=indicator.operator)
            self._money(node, targetValue=indicator.value, weight=indicator.weight)
            self._text(node, targetUnit=indicator.unit, printedText=indicator.printed)
            self._text(node, lastYearResult=indicator.last, scoringRule=indicator.scoring)
            self._start(node, indicator.span)

    def _term(self, node: str, term: GlossaryTerm) -> None:
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}GlossaryTerm"))
        self.triples.add(node, RDFS_LABEL, text(term.term, "zh"))
        self._add(node, "inDisclosure", ref(self.this))
        self._text(node, text=term.text)


def normal_form(name: str) -> str:
    """The normal form of a name where it differs from the printed one in more than brackets and white space, else nothing."""
    normal = iri.normal(name)
    return "" if normal == "".join(name.split()).translate(_UNIFIED) else normal


def _finest(amounts: Iterable[Amount | None]) -> Decimal:
    """The smallest difference that amounts print, in 元, at most that of two decimals of 万元."""
    steps = [_STEP]
    for amount in amounts:
        number = parse_number(amount.printed) if amount else None
        if amount and number:
            exponent = number.as_tuple().exponent
            assert isinstance(exponent, int), "amounts are finite"
            steps.append(amount.value / number * Decimal(1).scaleb(exponent))
    return min(steps)


class ProjectNodes:
    """The projects of one disclosure: one node for all printed variants of a name, numbered in order of appearance."""

    def __init__(self, disclosure: str) -> None:
        self._disclosure = disclosure
        self._by_name: dict[str, str] = {}
        self._by_key: dict[tuple[str, str], str] = {}
        self.labels: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        """The table lines of the projects that the prose does not describe."""
        self._amounts: dict[str, set[Decimal]] = {}

    def printed(self, name: str, code: str, line: int, amount: Decimal | None = None) -> str:
        """The node of a name printed in a table, with the row's total. The same normal form is the same project; so is the same
        key with the same code. Rows without codes may tell two years' money apart by the year alone."""
        known = self.exactly(name) or (self._by_key.get((iri.project_key(name), code)) if code else None)
        node = self._known(name, known, code, line)
        self._amounts.setdefault(node, set()).update([amount] if amount else ())
        return node

    def with_amount(self, amount: Decimal | None) -> set[str]:
        """The projects of the tables with a row of that amount, up to half of a last printed digit."""
        if amount is None:
            return set()
        return {node for node, printed in self._amounts.items() if any(abs(one - amount) <= _STEP / 2 for one in printed)}

    def described(self, project: ProjectDescription) -> str:
        """The node of a project that the prose describes, joined by any of its names, with its code where several share a key."""
        for name in project.names:
            known = self._by_name.get(iri.normal(name)) or self._by_key.get((iri.project_key(name), project.code))
            if known:
                break
        else:
            known = None
        node = self._known(project.name, known, project.code, 0)
        self.lines.pop(node, None)
        for name in project.names:
            self._by_name.setdefault(iri.normal(name), node)
        return node

    def exactly(self, name: str) -> str | None:
        """The node of a name by its normal form alone."""
        return self._by_name.get(iri.normal(name))

    def alone(self, name: str) -> str:
        """A node of its own for a name that is another project's but for its year: last year's money is not this year's."""
        return self._known(name, self.exactly(name), "", 0)

    def named(self, name: str) -> str:
        """The node of a name, by its normal form or, where only one project has it, by its key."""
        known = self.exactly(name)
        if known is None:
            same = {node for (key, _), node in self._by_key.items() if key == iri.project_key(name)}
            known = same.pop() if len(same) == 1 else None
        return self._known(name, known, "", 0)

    def _known(self, name: str, known: str | None, code: str, line: int) -> str:
        node = known or f"{self._disclosure}/project/{len(self.labels) + 1}"
        self._by_name.setdefault(iri.normal(name), node)
        self._by_key.setdefault((iri.project_key(name), code), node)
        self.labels.setdefault(node, "".join(name.split()))
        if code:
            self.codes.setdefault(node, code)
        if line:
            self.lines.setdefault(node, line)
        return node
