"""A whole disclosure from a document: the one entry of this room."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kg.codes import Codes, region_of
from kg.coverage import coverage
from kg.document import Document
from kg.errors import RefusedFile
from kg.extract.doubt import doubted
from kg.extract.drafts import PanelDrafts
from kg.extract.frame import Head, cover_title, declarations, disclosure_kind, expected_tables, fiscal_year, read_head, signature_date
from kg.extract.grid_rows import grid_drafts
from kg.extract.locate import Region, issuers_of, label_key, recognise
from kg.extract.narrative import extract_statements
from kg.extract.narrative_codes import with_codes
from kg.extract.paging import with_pages
from kg.extract.passages import has_contents, parts_of, passages
from kg.extract.personal import personal_data
from kg.extract.prose import Prose
from kg.extract.resolution import own_step, with_shared_steps
from kg.extract.tables import build_panel, span_of
from kg.extract.units import units_of
from kg.extract.wrapped_rows import wrapped_drafts
from kg.forms import Family
from kg.forms.schema import Pack, Panel
from kg.iri import normal
from kg.records import Disclosure, EmptyDeclaration, IssuerRow, Observation, Project, Table, TableRow

_NARRATED = re.compile(r"([一-鿿、()]{2,40}?)\((?:类|款|项)\)")


def extract(document: Document, families: Sequence[Family], codes: Codes) -> Disclosure:
    """What the document says. Raises :class:`RefusedFile` when no pack recognises it or it names no department or year."""
    forms = {family.pack.id: family.statements for family in families}
    found = recognise(document, [family.pack for family in families])
    if found is None:
        raise RefusedFile("no form pack recognises this document (fewer than three of its tables were found)", document.name)
    pack, printed = found
    regions, again = _once(printed)
    prose = Prose.of_document(document)
    heads = [read_head(region, pack) for region in regions]
    issuers = Counter(head.issuer for head in heads if head.issuer) or Counter(issuers_of(document, pack))
    year = fiscal_year(regions, prose, pack)
    if not issuers:
        raise RefusedFile("no table names its department", document.name)
    if year is None:
        raise RefusedFile("no heading names the fiscal year", document.name)
    issuer = issuers.most_common(1)[0][0]
    empty = declarations(regions, prose, pack, issuer)
    names = _names(prose, codes)
    known = frozenset(map(label_key, names))
    order = pack.reading_order()
    units = units_of(regions, heads, prose, pack)
    built: dict[int, Table] = {}
    for index in sorted(range(len(regions)), key=lambda index: order.index(regions[index].form.kind)):
        kind = regions[index].form.kind
        built[index] = _table(
            regions[index], heads[index], units[index], pack, issuer, codes, names, known, list(built.values()), empty.get(kind, ())
        )
    if document.reader == "scan":
        built = {index: doubted(table, document, pack.form(table.kind)) for index, table in built.items()}
    tables = with_shared_steps([built[index] for index in range(len(regions))])
    disclosure = Disclosure(
        document=document.name,
        sha256=document.sha256,
        pack=pack.id,
        issuer=issuer,
        region=region_of(issuer, codes.regions, pack.jurisdiction) or region_of(cover_title(prose), codes.regions, pack.jurisdiction),
        fiscal_year=year,
        kind=disclosure_kind(regions, pack),
        phase=pack.phase,
        title=cover_title(prose),
        signed=signature_date(prose) if pack.signed else None,
        expected=expected_tables(regions, prose, pack),
        tables=tables,
        projects=_projects(tables, pack),
        personal=personal_data(document),
    )
    said = extract_statements(document, forms[pack.id], disclosure.personal)
    whole = replace(disclosure, statements=with_codes(said, disclosure, codes, forms[pack.id]))
    headings = whole.statements.headings
    whole = replace(
        whole,
        parts=parts_of(headings, prose),
        contents=has_contents(headings, prose),
        passages=passages(document, prose, regions, again, whole, pack, coverage(document, whole)),
    )
    return with_pages(whole, document)


def _once(regions: Sequence[Region]) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """The first region of every kind of table, and those that repeat one."""
    first: dict[str, Region] = {}
    for region in regions:
        first.setdefault(region.form.kind, region)
    return tuple(first.values()), tuple(region for region in regions if first[region.form.kind] is not region)


def _names(prose: Prose, codes: Codes) -> tuple[str, ...]:
    """Code names known to this document, longest first: the code lists' and those that the narrative spells out."""
    narrated = {match[1] for match in _NARRATED.finditer(prose.text)} - codes.labels
    return tuple(sorted(codes.labels | narrated, key=lambda name: (-len(name), name)))


def _table(
    region: Region,
    head: Head,
    unit: str,
    pack: Pack,
    issuer: str,
    codes: Codes,
    names: Sequence[str],
    known: frozenset[str],
    before: Sequence[Table],
    empty: tuple[EmptyDeclaration, ...],
) -> Table:
    factor = pack.units[unit]
    drafts = _drafts(region, unit, codes, names)
    facts = {key: amount / factor for key, amount in _facts(before).items()}
    rows: list[TableRow] = []
    observations: list[Observation] = []
    issuer_rows: list[IssuerRow] = []
    blanks = 0
    shifted = False
    for panel, panel_drafts in zip(region.form.panels, drafts, strict=True):
        scheme = codes.scheme(panel.scheme) if panel.scheme else None
        first = max((row.position for row in rows), default=0) + 1
        facts |= _own_facts(region.form.kind, rows, observations)
        result = build_panel(panel, panel_drafts, issuer, scheme, known, facts, first, _class_codes(panel, before))
        rows += result.rows
        observations += result.observations
        issuer_rows += result.issuer_rows
        blanks += result.blanks
        shifted = shifted or result.shifted
    return Table(
        kind=region.form.kind,
        title=region.name,
        printed_number=region.number,
        issuer=head.issuer,
        unit=head.unit,
        unit_factor=factor,
        resolution=own_step(observations) * factor,
        span=span_of(rows, region.title.span),
        rows=tuple(rows),
        observations=tuple(_scaled(observation, factor) for observation in observations),
        issuer_rows=tuple(
            replace(row, observations=tuple(_scaled(observation, factor) for observation in row.observations)) for row in issuer_rows
        ),
        declarations=empty,
        blank_cells=blanks,
        shifted=shifted,
        header_read=all(panel_drafts.positioned for panel_drafts in drafts),
        missing_columns=tuple(key for panel_drafts in drafts for key in panel_drafts.missing_columns),
        unread=tuple(cell for panel_drafts in drafts for cell in panel_drafts.unread),
    )


def _class_codes(panel: Panel, before: Sequence[Table]) -> dict[str, str]:
    """The codes of classes by name, as the table ``names_from`` of the same document prints them."""
    size = sum(panel.digits[:1])
    rows = (row for table in before if table.kind == panel.names_from for row in table.rows)
    return {normal(row.name): row.code_official for row in rows if len(row.code_official) == size}


def _drafts(region: Region, unit: str, codes: Codes, names: Sequence[str]) -> tuple[PanelDrafts, ...]:
    grids = list(region.grids())
    if grids:
        return grid_drafts(region.form, grids, unit)
    scheme = next((panel.scheme for panel in region.form.panels if panel.scheme), "functional")
    classes = frozenset(notation for notation in codes.scheme(scheme).labels if len(notation) == 3 and notation.isdigit())
    return wrapped_drafts(region.form, region.lines(), classes, names)


def _scaled(observation: Observation, factor: Decimal) -> Observation:
    return replace(observation, amount=observation.amount * factor)


def _facts(tables: Sequence[Table]) -> dict[tuple[str, str, str], Decimal]:
    """Figures settled so far, by (table, row, column), in 元; (table, "", "") says that the table was read."""
    facts: dict[tuple[str, str, str], Decimal] = {}
    for table in tables:
        facts |= _own_facts(table.kind, table.rows, table.observations)
    return facts


def _own_facts(kind: str, rows: Sequence[TableRow], observations: Sequence[Observation]) -> dict[tuple[str, str, str], Decimal]:
    keys = {row.position: row.key for row in rows if not row.project}
    facts = {(kind, keys[cell.row], cell.column): cell.amount for cell in observations if cell.column and cell.row in keys}
    return facts | {(kind, "", ""): Decimal(0)} if facts else {}


def _projects(tables: Sequence[Table], pack: Pack) -> tuple[Project, ...]:
    """The projects of the tables that have a project column, in their order."""
    projects = []
    for table in tables:
        if any(panel.projects for panel in pack.form(table.kind).panels):
            for row in table.rows:
                if row.project:
                    amount = next((cell.amount for cell in table.observations if cell.row == row.position and cell.column == "total"), None)
                    projects.append(Project(row.project, (row.project,), row.code_official, amount, row.span))
    return tuple(projects)
