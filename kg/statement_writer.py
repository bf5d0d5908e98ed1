"""What writers of statements share: the base of their triples, texts, money and places."""

from decimal import Decimal

from kg import iri
from kg.document import Span
from kg.ntriples import Triples, decimal, integer, text
from kg.ntriples import iri as ref
from kg.statements import Amount, Statement

BUDGET = f"{iri.VOCABULARY}ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
FUNCTIONAL = "functional/2024"


class StatementWriter:
    """Adds triples about the statements of one disclosure."""

    def __init__(self, triples: Triples, disclosure: str) -> None:
        self.triples = triples
        self.this = disclosure

    def _add(self, subject: str, name: str, *objects: str) -> None:
        self.triples.add(subject, f"{BUDGET}{name}", *objects)

    def _text(self, subject: str, **values: str) -> None:
        """Texts that are not empty, by the local name of their property."""
        for name, value in values.items():
            if value:
                self._add(subject, name, text(value))

    def _money(self, subject: str, **values: Amount | Decimal | None) -> None:
        for name, value in values.items():
            if value is not None:
                self._add(subject, name, decimal(value.value if isinstance(value, Amount) else value))

    def _place(self, subject: str, span: Span) -> None:
        self._start(subject, span)
        self._add(subject, "sourceEnd", integer(span.end))

    def _start(self, subject: str, span: Span) -> None:
        self._add(subject, "sourceStart", integer(span.start))
        if span.page:
            self._add(subject, "sourcePage", integer(span.page))
            self._add(subject, "sourceBox", text(span.place))

    def _statement(self, node: str, kind: str, statement: Statement, subject: str) -> None:
        self.triples.add(node, RDF_TYPE, ref(f"{BUDGET}{kind}"))
        self._add(node, "inDisclosure", ref(self.this))
        self._text(node, statedSubject=subject)
        self._place(node, statement.span)
