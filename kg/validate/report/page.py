"""Validations as one HTML page that needs nothing else: to send, to print, to keep beside the document."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, select_autoescape

from kg.validate.finding import Validation
from kg.validate.report.text import summary
from kg.validate.report.words import CAUSES, OUTCOMES, SEVERITIES, place, reckoning, said
from kg.validate.roots import by_root
from kg.validate.rules import RuleSet, Severity


def to_page(validations: Sequence[Validation], rules: RuleSet, language: str = "zh") -> str:
    """The page in ``zh`` or ``en``; everything that a document says is escaped, there is no script."""
    environment = Environment(
        loader=PackageLoader("kg.validate.report", ""), autoescape=select_autoescape(("html",)), trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html").render(
        language=language,
        validations=[(validation, by_root(validation.findings)) for validation in validations],
        severities=tuple(Severity),
        names=SEVERITIES,
        outcomes=OUTCOMES,
        causes=CAUSES,
        rules=rules,
        said=said,
        place=place,
        reckoning=reckoning,
        summary=summary(validations, language),
    )
