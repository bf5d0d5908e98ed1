"""What a validation looks like: as a graph, as lines for programs, as text, page and workbook for people."""

from kg.validate.report.json_lines import finding_record, to_json_lines
from kg.validate.report.page import to_page
from kg.validate.report.sarif import to_sarif
from kg.validate.report.spreadsheet import to_spreadsheet
from kg.validate.report.text import summary, to_text
from kg.validate.report.triples import to_triples, to_turtle

__all__ = [
    "finding_record",
    "summary",
    "to_json_lines",
    "to_page",
    "to_sarif",
    "to_spreadsheet",
    "to_text",
    "to_triples",
    "to_turtle",
]
