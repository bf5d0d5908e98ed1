"""Small disclosure graphs, as ``docs/graph.md`` says them, from a few words a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kg import iri
from kg.amounts import parse_number
from kg.ntriples import Triples, decimal, integer, text
from kg.ntriples import iri as ref
from kg.terms import TERMS

BASE = "https://budget-kg.example/"
DISCLOSURE = f"{BASE}disclosure/0123456789abcdef"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DCT_TITLE = "http://purl.org/dc/terms/title"
QB = "http://purl.org/linked-data/cube#"
FACTORS = {"元": Decimal(1), "万元": Decimal(10000), "亿元": Decimal(100000000)}
FUNCTIONAL = f"{BASE}code/functional/2024"
ECONOMIC = f"{BASE}code/economic/2018"
ISSUER = "某部门"


@dataclass(frozen=True)
class Row:
    """``cells`` maps a column key to what is printed there, ``parent`` is the index of the parent row in its table.

    ``open`` are printed figures without a column: (printed, placement, candidate columns). ``project`` names a row's project.
    ``said`` are further properties of the row: local name to term.
    """

    key: str
    cells: Mapping[str, str] = field(default_factory=dict)
    parent: int | None = None
    label: str = ""
    code: str = ""
    official: str = ""
    open: Sequence[tuple[str, str, Sequence[str]]] = ()
    project: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """``unit`` empty: none is stated (and 元 is meant). ``step`` is the printed resolution in the table's own unit.

    ``issuer`` empty: none is named. ``said`` are further properties of the table: local name to term.
    """

    kind: str
    rows: Sequence[Row] = ()
    unit: str = "万元"
    step: str = "0.01"
    note: bool = False
    issuer: str = ISSUER
    title: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def node(self) -> str:
        return f"{DISCLOSURE}/table/{self.kind}"


def cell(kind: str, row: int, column: int) -> str:
    """The address of a cell by its table, its row's position and the figure's place in the row, both from 1."""
    return f"{DISCLOSURE}/table/{kind}/cell/{row}-{column}"


def graph(*tables: Table, expects: Sequence[str] = (), year: int = 2026, **more: str) -> Triples:
    """A disclosure with those tables. ``more`` are properties of it: local name to term, empty to leave one out."""
    triples = Triples()
    said = {
        "department": ref(f"{BASE}dept/000000/example"),
        "fiscalYear": ref(iri.year(year)),
        "budgetPhase": ref(iri.code("budget-phase", "budget")),
        "disclosureKind": ref(iri.code("disclosure-kind", "department")),
        "region": ref(iri.region("650000")),
        "issuerName": text(ISSUER),
        "sha256": text("0123456789abcdef" * 4),
        "fileName": text("case.txt"),
        "formPack": text("example"),
    }
    triples.add(DISCLOSURE, RDF_TYPE, ref(f"{TERMS}Disclosure"))
    triples.add(DISCLOSURE, RDFS_LABEL, text("某部门预算", "zh"))
    for name, value in (said | more).items():
        if value:
            triples.add(DISCLOSURE, f"{TERMS}{name}", value)
    kinds = [*expects, *(table.kind for table in tables)]
    triples.add(DISCLOSURE, f"{TERMS}expectsTable", *(ref(iri.code("table-kind", kind)) for kind in kinds))
    for table in tables:
        _table(triples, table, year)
    return triples


def _table(triples: Triples, table: Table, year: int) -> None:
    factor = FACTORS[table.unit or "元"]
    figures = sum(len(row.cells) + len(row.open) for row in table.rows)
    triples.add(DISCLOSURE, f"{TERMS}hasTable", ref(table.node))
    triples.add(table.node, RDF_TYPE, ref(f"{TERMS}BudgetTable"))
    triples.add(table.node, DCT_TITLE, text(table.title or f"{table.kind} 表"))
    triples.add(table.node, f"{QB}structure", ref(f"{TERMS}structure-{table.kind}"))
    said = {
        "inDisclosure": ref(DISCLOSURE),
        "tableKind": ref(iri.code("table-kind", table.kind)),
        "unitFactor": decimal(factor),
        "printResolution": decimal(Decimal(table.step) * factor),
        "blankCells": integer(0),
        "figureCount": integer(figures),
        "sourceLine": integer(1),
    }
    if table.unit:
        said["unit"] = text(table.unit)
    if table.issuer:
        said["issuerName"] = text(table.issuer)
    for name, value in (said | dict(table.said)).items():
        triples.add(table.node, f"{TERMS}{name}", value)
    if table.note:
        _note(triples, table.node)
    for position, row in enumerate(table.rows, start=1):
        _row(triples, table, position, row, factor, year)


def _note(triples: Triples, table: str) -> None:
    note = f"{table}/empty/1"
    triples.add(table, f"{TERMS}declaredEmptyBy", ref(note))
    triples.add(note, RDF_TYPE, ref(f"{TERMS}EmptyTableDeclaration"))
    triples.add(note, f"{TERMS}text", text("此表为空表。"))
    for name, value in (("sourceLine", 2), ("sourceStart", 10), ("sourceEnd", 16)):
        triples.add(note, f"{TERMS}{name}", integer(value))


def _row(triples: Triples, table: Table, position: int, row: Row, factor: Decimal, year: int) -> None:
    node = f"{table.node}/row/{position}"
    said = {
        "inTable": ref(table.node),
        "rowKey": text(row.key),
        "printedLabel": text(row.label or row.key),
        "sourceLine": integer(position + 2),
    }
    code = row.code or (row.key if row.key.isdigit() else "")
    if code:
        said["printedCode"] = text(code)
    if row.official:
        said["officialCode"] = text(row.official)
    if row.parent is not None:
        said["parentRow"] = ref(f"{table.node}/row/{row.parent + 1}")
    triples.add(node, RDF_TYPE, ref(f"{TERMS}TableRow"))
    for name, value in (said | dict(row.said)).items():
        triples.add(node, f"{TERMS}{name}", value)
    project = f"{DISCLOSURE}/project/{position}" if row.project else ""
    if project:
        add_thing(triples, project, "ProjectYear", project=ref(f"{BASE}project/650000/example/{position}"))
        triples.add(project, RDFS_LABEL, text(row.project, "zh"))
    figures = [(printed, column, "", ()) for column, printed in row.cells.items()]
    figures += [(printed, "", placement, candidates) for printed, placement, candidates in row.open]
    for place, (printed, column, placement, candidates) in enumerate(figures, start=1):
        figure = cell(table.kind, position, place)
        number = parse_number(printed)
        assert number is not None
        start = position * 1000 + place * 20
        said = {
            "row": ref(node),
            "department": ref(f"{BASE}dept/000000/example"),
            "fiscalYear": ref(iri.year(year)),
            "amount": decimal(number * factor),
            "printedText": text(printed),
            "sourceStart": integer(start),
        }
        if column:
            said["columnKey"] = text(column)
        if project:
            said["projectYear"] = ref(project)
        if placement:
            said["placement"] = ref(iri.code("placement", placement))
        triples.add(figure, RDF_TYPE, ref(f"{TERMS}BudgetObservation"))
        triples.add(figure, f"{QB}dataSet", ref(table.node))
        for name, value in said.items():
            triples.add(figure, f"{TERMS}{name}", value)
        triples.add(figure, f"{TERMS}candidateColumn", *map(text, candidates))


def add_thing(triples: Triples, node: str, kind: str, **said: str) -> str:
    """A thing of the disclosure: its class, and its properties by local name. Returns its address."""
    triples.add(node, RDF_TYPE, ref(f"{TERMS}{kind}"))
    triples.add(node, f"{TERMS}inDisclosure", ref(DISCLOSURE))
    for name, value in said.items():
        triples.add(node, f"{TERMS}{name}", value)
    return node


def add_passage(triples: Triples, kind: str, words: str = "", start: int = 100) -> str:
    """A passage of that kind; ``words`` are what it says."""
    said = {"passageKind": text(kind)} | ({"text": text(words)} if words else {})
    node = f"{DISCLOSURE}/passage/{start}"
    return add_thing(triples, node, "Passage", **said, sourceStart=integer(start), sourceEnd=integer(start + len(words) + 1))


def add_fact(triples: Triples, subject: str, start: int = 500, kind: str = "StatedFact", **said: str) -> str:
    """A statement of the prose about that subject."""
    place = {"sourceStart": integer(start), "sourceEnd": integer(start + 9)}
    return add_thing(triples, f"{DISCLOSURE}/fact/{start}", kind, statedSubject=text(subject), **place, **said)


def add_economic_names(triples: Triples, names: Mapping[str, str]) -> None:
    """The economic list, complete in its classes, with those codes and names."""
    triples.add(ECONOMIC, RDF_TYPE, ref(f"{SKOS}ConceptScheme"))
    triples.add(ECONOMIC, f"{TERMS}completeLevel", integer(1))
    triples.add(ECONOMIC, f"{TERMS}appliesFrom", integer(2018))
    for code, name in names.items():
        node = f"{ECONOMIC}/{code}"
        triples.add(node, RDF_TYPE, ref(f"{TERMS}EconomicCode"))
        triples.add(node, f"{SKOS}notation", text(code))
        triples.add(node, f"{SKOS}prefLabel", text(name, "zh"))
        triples.add(node, f"{SKOS}inScheme", ref(ECONOMIC))
        triples.add(node, f"{TERMS}level", integer(len(code) // 2))
        triples.add(node, f"{TERMS}codeStatus", ref(iri.code("code-status", "official")))


def add_edition(triples: Triples, codes: Sequence[str], complete: Sequence[int] = (1,)) -> None:
    """A functional edition for 2024 to 2026 with those codes, complete in those levels."""
    triples.add(FUNCTIONAL, RDF_TYPE, ref(f"{SKOS}ConceptScheme"))
    triples.add(FUNCTIONAL, f"{TERMS}completeLevel", *map(integer, complete))
    triples.add(FUNCTIONAL, f"{TERMS}appliesFrom", integer(2024))
    triples.add(FUNCTIONAL, f"{TERMS}appliesUntil", integer(2026))
    for code in codes:
        node = f"{FUNCTIONAL}/{code}"
        triples.add(node, RDF_TYPE, ref(f"{TERMS}FunctionalCode"))
        triples.add(node, f"{SKOS}notation", text(code))
        triples.add(node, f"{SKOS}prefLabel", text(f"科目 {code}", "zh"))
        triples.add(node, f"{SKOS}inScheme", ref(FUNCTIONAL))
        triples.add(node, f"{TERMS}level", integer(len(code) // 2))
        triples.add(node, f"{TERMS}codeStatus", ref(iri.code("code-status", "official")))
