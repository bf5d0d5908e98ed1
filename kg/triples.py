"""From records to RDF: pure functions, N-Triples out. ``docs/graph.md`` is the contract."""

from decimal import Decimal

from kg import iri
from kg.document import Span
from kg.extract.prose import unify
from kg.forms.schema import Column, Pack, Panel, TableForm
from kg.ntriples import Triples, boolean, date, decimal, integer, text
from kg.ntriples import iri as ref
from kg.records import Disclosure, Observation, Passage, Placement, Role, Table, TableRow
from kg.shortcuts import figure_key
from kg.statement_triples import ProjectNodes, StatementEmitter, normal_form

BUDGET = f"{iri.VOCABULARY}ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DCT_TITLE = "http://purl.org/dc/terms/title"
QB = "http://purl.org/linked-data/cube#"
PROV_DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"
FUNCTIONAL = "functional/2024"
ECONOMIC = "economic/2018"
_KIND_WORDS = {"department": "部门", "unit": "单位"}
_DIMENSIONS = {
    "fund-source": ("fundSource", "fund-source"),
    "expenditure-type": ("expenditureType", "expenditure-type"),
    "economic": ("economicCode", ECONOMIC),
}


def emit(disclosure: Disclosure, pack: Pack, minter: iri.Minter) -> Triples:
    """The graph of one disclosure: statements about its own resources and no others."""
    return _Emitter(disclosure, pack, minter).emit()


def emit_restricted(disclosure: Disclosure, minter: iri.Minter) -> Triples:
    """Names and telephones of contacts, for the restricted store alone."""
    triples = Triples()
    this = minter.disclosure(disclosure.sha256)
    for number, datum in enumerate(disclosure.personal, start=1):
        node = f"{this}/contact/{number}"
        triples.add(node, RDF_TYPE, ref(f"{BUDGET}PersonalDatum"))
        triples.add(node, f"{BUDGET}inDisclosure", ref(this))
        triples.add(node, f"{BUDGET}printedLabel", text(datum.label))
        triples.add(node, f"{BUDGET}text", text(datum.text))
        triples.add(node, f"{BUDGET}sourceStart", integer(datum.span.start))
        triples.add(node, f"{BUDGET}sourceEnd", integer(datum.span.end))
        if datum.span.place:
            triples.add(node, f"{BUDGET}sourceBox", text(datum.span.place))
    return triples


class _Emitter:
    """One disclosure on its way to triples."""

    def __init__(self, disclosure: Disclosure, pack: Pack, minter: iri.Minter) -> None:
        self.disclosure = disclosure
        self.pack = pack
        self.minter = minter
        self.this = minter.disclosure(disclosure.sha256)
        self.department = minter.department(disclosure.region, disclosure.issuer)
        self.year = iri.year(disclosure.fiscal_year)
        self.triples = Triples()
        self.projects = ProjectNodes(self.this)

    def emit(self) -> Triples:
        self._frame()
        for table in self.disclosure.tables:
            for row in table.rows:
                if row.project:
                    total = next((cell.amount for cell in table.observations if (cell.row, cell.column) == (row.position, "total")), None)
                    self.projects.printed(row.project, row.code_official, row.span.line, total)
        for table in self.disclosure.tables:
            self._table(table, self.pack.form(table.kind))
        self._headlines()
        StatementEmitter(self.triples, self.this, self.minter, self.projects).emit(self.disclosure.statements, self._steps())
        self._project_years()
        return self.triples

    def _steps(self) -> dict[Decimal, Decimal]:
        """The finest step that the tables print, by the factor of their unit; both in 元."""
        steps: dict[Decimal, Decimal] = {}
        for table in self.disclosure.tables:
            factor = Decimal(table.unit_factor)
            steps[factor] = min(table.resolution, steps.get(factor, table.resolution))
        return steps

    def _add(self, subject: str, name: str, *objects: str) -> None:
        self.triples.add(subject, f"{BUDGET}{name}", *objects)

    def _frame(self) -> None:
        said = self.disclosure
        self.triples.add(self.this, RDF_TYPE, ref(f"{BUDGET}Disclosure"))
        label = f"{said.issuer} {said.fiscal_year}年{_KIND_WORDS[said.kind.value]}预算"
        self.triples.add(self.this, RDFS_LABEL, text(label, "zh"))
        if said.title:
            self.triples.add(self.this, DCT_TITLE, text(said.title))
        self._add(self.this, "department", ref(self.department))
        if said.region:
            self._add(self.this, "region", ref(iri.region(said.region)))
        self._add(self.this, "fiscalYear", ref(self.year))
        self._add(self.this, "budgetPhase", ref(iri.code("budget-phase", said.phase)))
        self._add(self.this, "disclosureKind", ref(iri.code("disclosure-kind", said.kind.value)))
        self._add(self.this, "issuerName", text(said.issuer))
        self._add(self.this, "sha256", text(said.sha256))
        self._add(self.this, "fileName", text(said.document))
        self._add(self.this, "formPack", text(said.pack))
        if said.signed:
            self._add(self.this, "signedOn", date(said.signed))
        for name, rules in (("exemptFromRule", self.pack.exempt_rules), ("mildRule", self.pack.mild_rules)):
            self._add(self.this, name, *(ref(iri.rule(rule)) for rule in rules))
        self._add(self.this, "hasPart", *map(text, said.parts))
        if said.contents:
            self._add(self.this, "hasContents", boolean(True))
        for number, passage in enumerate(said.passages, start=1):
            self._passage(f"{self.this}/passage/{number}", passage)
        self._add(self.this, "expectsTable", *(ref(iri.code("table-kind", kind)) for kind in said.expected))

    def _passage(self, node: str, passage: Passage) -> None:
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}Passage"))
        self._add(node, "inDisclosure", ref(self.this))
        self._add(node, "passageKind", text(passage.about))
        if passage.text:
            self._add(node, "text", text(passage.text))
        self._add(node, "sourceStart", integer(passage.span.start))
        self._add(node, "sourceEnd", integer(passage.span.end))
        if passage.span.place:
            self._add(node, "sourceBox", text(passage.span.place))

    def _table(self, table: Table, form: TableForm) -> None:
        node = f"{self.this}/table/{table.kind}"
        self._add(self.this, "hasTable", ref(node))
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}BudgetTable"))
        self.triples.add(node, f"{QB}structure", ref(f"{BUDGET}structure-{table.kind}"))
        self.triples.add(node, DCT_TITLE, text(table.title))
        self._add(node, "inDisclosure", ref(self.this))
        self._add(node, "tableKind", ref(iri.code("table-kind", table.kind)))
        for name, value in (("printedNumber", table.printed_number), ("issuerName", table.issuer), ("unit", table.unit)):
            if value:
                self._add(node, name, text(value))
        self._add(node, "unitFactor", decimal(table.unit_factor))
        self._add(node, "printResolution", decimal(table.resolution))
        self._add(node, "blankCells", integer(table.blank_cells))
        self._add(node, "figureCount", integer(len(table.observations)))
        for name, holds in (("shiftedFigures", table.shifted), ("headerUnread", not table.header_read)):
            if holds:
                self._add(node, name, boolean(True))
        self._add(node, "missingHeader", *map(text, table.missing_columns))
        self._line(node, table.span)
        for number, declaration in enumerate(table.declarations, start=1):
            empty = f"{node}/empty/{number}"
            self._add(node, "declaredEmptyBy", ref(empty))
            self.triples.add(empty, RDF_TYPE, ref(f"{BUDGET}EmptyTableDeclaration"))
            self._add(empty, "text", text(declaration.text))
            self._line(empty, declaration.span)
            self._add(empty, "sourceStart", integer(declaration.span.start))
            self._add(empty, "sourceEnd", integer(declaration.span.end))
        panels: dict[str, Panel] = {panel.direction: panel for panel in form.panels}
        kept = self._kept_rows(table)
        for row in table.rows:
            if row.position in kept:
                self._row(node, row)
        rows = {row.position: row for row in table.rows}
        for observation in table.observations:
            self._observation(node, rows[observation.row], observation, panels[rows[observation.row].direction], form)

    def _kept_rows(self, table: Table) -> frozenset[int]:
        """Rows with a figure, and the rows these are part of; a summary's blank rows say nothing."""
        parents = {row.position: row.parent for row in table.rows}
        kept = {cell.row for cell in table.observations}
        for position in tuple(kept):
            parent = parents[position]
            while parent is not None and parent not in kept:
                kept.add(parent)
                parent = parents[parent]
        return frozenset(kept)

    def _row(self, table: str, row: TableRow) -> None:
        node = f"{table}/row/{row.position}"
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}TableRow"))
        self._add(node, "inTable", ref(table))
        self._add(node, "rowKey", text(row.key))
        self._add(node, "printedLabel", text(row.name))
        if row.code_printed:
            self._add(node, "printedCode", text(row.code_printed))
        if row.code_official != row.code_printed:
            self._add(node, "officialCode", text(row.code_official))
        if row.code_printed and (normal := unify(iri.normal(row.name))) != row.name:
            self._add(node, "normalLabel", text(normal))
        if row.role is not Role.LEAF:
            self._add(node, "rowRole", ref(iri.code("role", row.role.value)))
        if row.parent is not None:
            self._add(node, "parentRow", ref(f"{table}/row/{row.parent}"))
        self._line(node, row.span)

    def _line(self, node: str, span: Span) -> None:
        self._add(node, "sourceLine", integer(span.line))
        if span.page:
            self._add(node, "sourcePage", integer(span.page))

    def _code(self, row: TableRow, panel: Panel) -> tuple[str, str]:
        notation = "all" if row.role is Role.TOTAL else row.code_official
        if panel.scheme == "economic":
            return "economicCode", ref(iri.code(ECONOMIC, notation))
        return "functionalCode", ref(iri.code(FUNCTIONAL, notation))

    def _observation(self, table: str, row: TableRow, cell: Observation, panel: Panel, form: TableForm) -> None:
        node = f"{table}/cell/{row.position}-{cell.table_column}"
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}BudgetObservation"))
        self.triples.add(node, f"{QB}dataSet", ref(table))
        self._add(node, "row", ref(f"{table}/row/{row.position}"))
        self._add(node, "department", ref(self.department))
        self._add(node, "fiscalYear", ref(self.year))
        self._add(node, "amount", decimal(cell.amount))
        self._add(node, "printedText", text(cell.printed))
        if cell.role is not Role.LEAF:
            self._add(node, "role", ref(iri.code("role", cell.role.value)))
        self._add(node, "sourceStart", integer(cell.span.start))
        if cell.span.place:
            self._add(node, "sourceBox", text(cell.span.place))
        if cell.placement is not Placement.READ:
            self._add(node, "placement", ref(iri.code("placement", cell.placement.value)))
        for name, value in self._row_dimensions(row, panel):
            self._add(node, name, value)
        if not cell.column:
            self._add(node, "candidateColumn", *(text(key) for key in cell.candidates))
            return
        column = next(column for column in panel.columns if column.key == cell.column)
        self._add(node, "columnKey", text(cell.column))
        for dimension, key in column.concepts.items():
            name, scheme = _DIMENSIONS[dimension]
            self._add(node, name, ref(iri.code(scheme, key)))
        if form.leaf_view and self._is_leaf(row, column, panel):
            self._add(node, "leafView", ref(iri.code("leaf-view", form.leaf_view)))
            if form.leaf_view == "expenditure" and row.code_official:
                self._add(node, "leafCode", ref(iri.code(FUNCTIONAL, row.code_official)))
                self._add(node, "leafAmount", decimal(cell.amount))
        if key := figure_key(form.kind, row, cell.column):
            self._add(node, "figureKey", text(key))
            self._add(node, "figureAmount", decimal(cell.amount))

    @staticmethod
    def _is_leaf(row: TableRow, column: Column, panel: Panel) -> bool:
        return row.role is Role.LEAF and column.role is Role.LEAF and (not panel.projects or bool(row.project))

    def _row_dimensions(self, row: TableRow, panel: Panel) -> list[tuple[str, str]]:
        dimensions = []
        if panel.direction:
            dimensions.append(("direction", ref(iri.code("direction", panel.direction))))
        if panel.rows in ("codes", "names"):
            if row.code_official or row.role is Role.TOTAL:
                dimensions.append(self._code(row, panel))
        elif panel.rows in ("labels", "columns"):
            dimensions.append(("lineItem", ref(iri.code("line-item", row.key.replace(":", "-")))))
        if row.project:
            dimensions.append(("projectYear", ref(self.projects.named(row.project))))
        return dimensions

    def _headlines(self) -> None:
        for headline in self.pack.headlines:
            table = self.disclosure.table(headline.table)
            if table is None:
                continue
            rows = {row.position for row in table.rows if row.key == headline.row}
            cell = next((cell for cell in table.observations if cell.row in rows and cell.column == headline.column), None)
            if cell is None:
                continue
            figure = f"{self.this}/figure/{headline.figure}"
            self._add(self.this, headline.figure, decimal(cell.amount))
            self.triples.add(figure, RDF_TYPE, ref(f"{BUDGET}KeyFigure"))
            self._add(figure, "figureOf", ref(self.this))
            self._add(figure, "figureProperty", ref(f"{BUDGET}{headline.figure}"))
            self._add(figure, "amount", decimal(cell.amount))
            self.triples.add(figure, PROV_DERIVED, ref(f"{self.this}/table/{headline.table}/cell/{cell.row}-{cell.table_column}"))

    def _project_years(self) -> None:
        amounts = {self.projects.named(project.name): project.amount for project in self.disclosure.projects}
        for node, label in self.projects.labels.items():
            self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}ProjectYear"))
            self.triples.add(node, RDFS_LABEL, text(label, "zh"))
            if other := normal_form(label):
                self._add(node, "normalisedName", text(other))
            self._add(node, "inDisclosure", ref(self.this))
            self._add(node, "project", ref(self.minter.project(self.disclosure.region, self.disclosure.issuer, label)))
            if node in self.projects.lines:
                self._add(node, "sourceLine", integer(self.projects.lines[node]))
            if node in self.projects.codes:
                self._add(node, "functionalCode", ref(iri.code(FUNCTIONAL, self.projects.codes[node])))
            amount = amounts.get(node)
            if amount is not None:
                self._add(node, "amount", decimal(amount))
