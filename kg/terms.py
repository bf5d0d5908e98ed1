"""The terms of the ontology as Python names; a name that the Turtle lacks is an error, not a new IRI.

The Turtle in ``ontology/`` is the source, this list is checked against it in both directions. Code that writes many
triples builds its IRIs from ``TERMS`` and the other constants; code that asks uses ``BUDGET``, which refuses a typo.
"""

# ruff: noqa: N815 - the names are those of the Turtle
from rdflib import Namespace, URIRef
from rdflib.namespace import DefinedNamespace

ONTOLOGY_BASE = "https://budget-kg.example/"
TERMS = f"{ONTOLOGY_BASE}ontology#"
ONTOLOGY = f"{ONTOLOGY_BASE}ontology"
STRUCTURE = f"{TERMS}structure-"
"""Followed by a table kind: the data structure of such a table."""

PREFIXES = {
    "budget": TERMS,
    "code": f"{ONTOLOGY_BASE}code/",
    "region": f"{ONTOLOGY_BASE}region/",
    "year": f"{ONTOLOGY_BASE}year/",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Every prefix that emitted data and the named queries use."""


class BUDGET(DefinedNamespace):
    """The classes and properties of the ``budget:`` namespace, in alphabetical order."""

    _fail = True
    _NS = Namespace(TERMS)

    # Classes
    AllocationPart: URIRef
    AssetHolding: URIRef
    BudgetObservation: URIRef
    BudgetPhase: URIRef
    BudgetProject: URIRef
    BudgetTable: URIRef
    BudgetUnit: URIRef
    ChangeStatement: URIRef
    CodeStatus: URIRef
    Department: URIRef
    Direction: URIRef
    Disclosure: URIRef
    DisclosureKind: URIRef
    EconomicCode: URIRef
    EmptyTableDeclaration: URIRef
    ExpenditureType: URIRef
    Finding: URIRef
    FiscalYear: URIRef
    FunctionalCode: URIRef
    FundSource: URIRef
    GlossaryTerm: URIRef
    Grant: URIRef
    GrantProgramme: URIRef
    Indicator: URIRef
    IndicatorTarget: URIRef
    KeyFigure: URIRef
    LeafView: URIRef
    LineItem: URIRef
    Link: URIRef
    LinkDecision: URIRef
    LinkKind: URIRef
    LinkMethod: URIRef
    LinkStatus: URIRef
    Notice: URIRef
    Passage: URIRef
    PerformanceGoal: URIRef
    PerformanceSheet: URIRef
    PersonalDatum: URIRef
    Placement: URIRef
    PolicyCitation: URIRef
    PolicyDocument: URIRef
    ProcurementPlan: URIRef
    ProjectYear: URIRef
    Region: URIRef
    Role: URIRef
    Rule: URIRef
    RuleOutcome: URIRef
    StaffingFact: URIRef
    StatedFact: URIRef
    SubsidyStandard: URIRef
    TableKind: URIRef
    TableRow: URIRef
    ToleranceClass: URIRef
    WordClass: URIRef

    # Properties whose values are resources
    advanceYear: URIRef
    allocationOf: URIRef
    appliesWhen: URIRef
    basePhase: URIRef
    baseYear: URIRef
    basedOn: URIRef
    budgetPhase: URIRef
    citationOf: URIRef
    cites: URIRef
    citesNotice: URIRef
    codeStatus: URIRef
    counterpartAbove: URIRef
    decidedLink: URIRef
    decidedStatus: URIRef
    declaredEmptyBy: URIRef
    department: URIRef
    direction: URIRef
    disclosureKind: URIRef
    economicCode: URIRef
    exemptFromRule: URIRef
    expectsTable: URIRef
    expenditureType: URIRef
    figureOf: URIRef
    figureProperty: URIRef
    fiscalYear: URIRef
    functionalCode: URIRef
    fundedBy: URIRef
    fundSource: URIRef
    goalOf: URIRef
    grantYear: URIRef
    hasTable: URIRef
    identity: URIRef
    inDisclosure: URIRef
    inTable: URIRef
    indicator: URIRef
    issuedInRegion: URIRef
    leafView: URIRef
    leavesOut: URIRef
    lineItem: URIRef
    linkFrom: URIRef
    linkKind: URIRef
    linkMethod: URIRef
    linkStatus: URIRef
    linkTo: URIRef
    mildRule: URIRef
    needs: URIRef
    operand: URIRef
    operands: URIRef
    parentRow: URIRef
    partOfRule: URIRef
    partOfTotal: URIRef
    passesOn: URIRef
    placement: URIRef
    preferredDisclosure: URIRef
    programme: URIRef
    project: URIRef
    projectYear: URIRef
    realises: URIRef
    region: URIRef
    retells: URIRef
    revises: URIRef
    role: URIRef
    root: URIRef
    row: URIRef
    rowRole: URIRef
    rule: URIRef
    sees: URIRef
    sheetOf: URIRef
    standardOf: URIRef
    suspectedCause: URIRef
    tableKind: URIRef
    targetOf: URIRef
    toleranceClass: URIRef

    # Properties whose values are literals
    actual: URIRef
    amount: URIRef
    appliesFrom: URIRef
    appliesUntil: URIRef
    approvedOn: URIRef
    asOf: URIRef
    basicExpenditure: URIRef
    blankCells: URIRef
    candidateColumn: URIRef
    carryOver: URIRef
    carryOverNonFiscal: URIRef
    changeAmount: URIRef
    changeReason: URIRef
    citedTitle: URIRef
    columnKey: URIRef
    comparator: URIRef
    comparedTotal: URIRef
    completeLevel: URIRef
    confidence: URIRef
    contraryWord: URIRef
    decisionNote: URIRef
    describedAmount: URIRef
    describedName: URIRef
    difference: URIRef
    documentNumber: URIRef
    evidence: URIRef
    executionEnd: URIRef
    executionStart: URIRef
    executionText: URIRef
    expected: URIRef
    expression: URIRef
    figureCount: URIRef
    fileName: URIRef
    firstLevel: URIRef
    fiscalFunds: URIRef
    formPack: URIRef
    formula: URIRef
    generalBudgetOwn: URIRef
    generalBudgetTransfer: URIRef
    goalText: URIRef
    governmentFund: URIRef
    governmentFundTransfer: URIRef
    hasContents: URIRef
    hasPart: URIRef
    headcount: URIRef
    headerUnread: URIRef
    internalOffice: URIRef
    issuerName: URIRef
    lastYearResult: URIRef
    level: URIRef
    linkedName: URIRef
    listedRows: URIRef
    missingColumn: URIRef
    missingHeader: URIRef
    normalLabel: URIRef
    normalisedName: URIRef
    noticeIssuer: URIRef
    officialCode: URIRef
    otherFunds: URIRef
    outcome: URIRef
    ownFunds: URIRef
    ownLevelFunds: URIRef
    passageKind: URIRef
    pattern: URIRef
    policyBasis: URIRef
    policyIssuer: URIRef
    policyNumber: URIRef
    policyRegion: URIRef
    policyYear: URIRef
    position: URIRef
    printResolution: URIRef
    printedCode: URIRef
    printedLabel: URIRef
    printedNumber: URIRef
    printedText: URIRef
    projectExpenditure: URIRef
    publishedOn: URIRef
    quantity: URIRef
    quantityUnit: URIRef
    reason: URIRef
    rowKey: URIRef
    runningCost: URIRef
    scoringRule: URIRef
    secondLevel: URIRef
    sha256: URIRef
    sharePercent: URIRef
    sharePercentStep: URIRef
    sharedReasonWords: URIRef
    shiftedFigures: URIRef
    signedOn: URIRef
    sourceBox: URIRef
    sourceEnd: URIRef
    sourceLine: URIRef
    sourcePage: URIRef
    sourceStart: URIRef
    specialAccount: URIRef
    staffCost: URIRef
    standardAmount: URIRef
    standardUnit: URIRef
    stateCapital: URIRef
    stateCapitalTransfer: URIRef
    statedPercent: URIRef
    statedPercentStep: URIRef
    statedResolution: URIRef
    statedSubject: URIRef
    targetUnit: URIRef
    targetValue: URIRef
    text: URIRef
    threePublic: URIRef
    threePublicAbroad: URIRef
    threePublicReception: URIRef
    threePublicVehiclePurchase: URIRef
    threePublicVehicleRunning: URIRef
    tolerance: URIRef
    totalExpenditure: URIRef
    totalIncome: URIRef
    undertaker: URIRef
    unit: URIRef
    unitFactor: URIRef
    unmatchedName: URIRef
    upperFunds: URIRef
    weight: URIRef
    yearNumber: URIRef
