"""The name of a thing that has none in the graph, put together from what is said of it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from kg.terms import PREFIXES, TERMS
from web.figures import grouped, signed, wan
from web.texts import LANGUAGES, TEXTS
from web.texts import text as translate

Said = Mapping[str, Sequence[str]]
"""Predicate → the objects of one thing, as text."""
Name = Callable[[str, str], str]
"""How a thing is called: its IRI and a language."""
_TYPE = f"{PREFIXES['rdf']}type"
_DISCLOSURE = f"{TERMS}Disclosure"
_ABOUT = ("functionalCode", "lineItem", "expenditureType", "fundSource")
"""What a sentence about a change names, in the order of what is told best."""
_STATED = ("StatedFact", "StaffingFact", "AssetHolding", "ProcurementPlan")


def completed(iri: str, said: Said, own: Mapping[str, str], name: Name) -> dict[str, str]:
    """Names by language: those that the graph gives, and made ones where it gives none at all or none in a language that has its own
    words for this kind of thing (a disclosure's label is Chinese). ``name`` tells how other things are called."""
    kinds = said.get(_TYPE, ())
    wanted = [language for language in LANGUAGES if not own or (language not in own and _DISCLOSURE in kinds)]
    maker = next((make for kind, make in _MAKERS.items() if kind in kinds), _by_class)
    made = {language: maker(iri, said, language, name) or _by_class(iri, said, language, name) for language in wanted}
    return {**own, **{language: label for language, label in made.items() if label}}


def _outcome(iri: str, said: Said, language: str, name: Name) -> str:
    if not _one(said, "inDisclosure"):
        return ""
    result = f"outcome.{_one(said, 'outcome')}"
    word = translate(result, language) if result in TEXTS else _one(said, "outcome")
    about = name(_one(said, "inDisclosure"), language)
    return translate("named.outcome", language, rule=_tail(_one(said, "rule")), outcome=word, disclosure=about)


def _report(iri: str, said: Said, language: str, name: Name) -> str:
    about = _one(said, "inDisclosure")
    return translate("named.report", language, disclosure=name(about, language)) if about else ""


def _figure(iri: str, said: Said, language: str, name: Name) -> str:
    return translate("named.value", language, subject=name(_one(said, "figureProperty"), language), value=_money(said, "amount", language))


def _change(iri: str, said: Said, language: str, name: Name) -> str:
    t = partial(translate, language=language)
    subject = _one(said, "statedSubject")
    if language != "zh":  # the printed subject is Chinese: what it stands for has a name in other languages
        subject = next((name(_one(said, term), language) for term in _ABOUT if _one(said, term)), subject)
    change = _one(said, "changeAmount")
    if not change:
        return t("named.change", subject=subject)
    return t("named.change-of", subject=subject, change=_yuan(change, language, signed))


def _fact(iri: str, said: Said, language: str, name: Name) -> str:
    subject = subject_name(_one(said, "statedSubject"), language)
    quantity = _one(said, "quantity")
    unit = _one(said, "quantityUnit") if language == "zh" else ""
    value = f"{grouped(Decimal(quantity))}{unit}" if quantity else _money(said, "amount", language)
    return translate("named.value", language, subject=subject, value=value) if value else subject


def subject_name(stated: str, language: str) -> str:
    """What a statement of the text is about: words for a key such as ``staffing:in-post``, printed words as they are."""
    key = f"fact.{stated.replace(':', '.')}"
    return translate(key, language) if key in TEXTS else stated


def _disclosure(iri: str, said: Said, language: str, name: Name) -> str:
    parts = {key: name(_one(said, term), language) for key, term in (("phase", "budgetPhase"), ("kind", "disclosureKind"))}
    if not all(_one(said, term) for term in ("department", "fiscalYear", "budgetPhase", "disclosureKind")):
        return ""
    department, year = name(_one(said, "department"), language), _tail(_one(said, "fiscalYear"))
    return translate("named.disclosure", language, department=department, year=year, **parts)


def _link(iri: str, said: Said, language: str, name: Name) -> str:
    kind, start, end = (_one(said, term) for term in ("linkKind", "linkFrom", "linkTo"))
    if not (kind and start):
        return ""
    other = name(end, language) if end else _one(said, "linkedName")
    return translate("named.link", language, kind=name(kind, language), one=name(start, language), other=other)


def _by_class(iri: str, said: Said, language: str, name: Name) -> str:
    """The kind of thing that it is and the end of its address, which tells it from its like."""
    own = [kind for kind in said.get(_TYPE, ()) if kind.startswith(TERMS)]
    return f"{name(own[0], language)} {_tail(iri)}" if own else ""


_MAKERS: Mapping[str, Callable[[str, Said, str, Name], str]] = {
    f"{PREFIXES['sh']}ValidationReport": _report,
    f"{TERMS}RuleOutcome": _outcome,
    f"{TERMS}KeyFigure": _figure,
    f"{TERMS}ChangeStatement": _change,
    f"{TERMS}Link": _link,
    _DISCLOSURE: _disclosure,
    **dict.fromkeys((TERMS + kind for kind in _STATED), _fact),
}


def _one(said: Said, term: str) -> str:
    return next(iter(said.get(TERMS + term, ())), "")


def _money(said: Said, term: str, language: str) -> str:
    amount = _one(said, term)
    return _yuan(amount, language) if amount else ""


def _yuan(amount: str, language: str, written: Callable[[str], str] = str) -> str:
    """In 万元 as the documents print it, in other languages in yuan."""
    value = Decimal(amount)
    return translate("named.money", language, amount=written(wan(value) if language == "zh" else grouped(value)))


def _tail(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
