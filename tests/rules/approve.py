"""Writes the reports of all rule cases anew: ``python -m tests.rules.approve``. Read the difference before you keep it."""

from kg.resources import shape_files
from kg.validate import RuleSet
from tests.rules.cases import cases, report, written


def main() -> None:
    rules = RuleSet.load(shape_files())
    for case in cases():
        case.report_path.write_text(written(report(case, case.run(rules))), "utf-8")


if __name__ == "__main__":
    main()
