"""The command line. Every command reads like a sentence, prints data to standard output and progress to standard error.

One module a family of commands; what a command needs is imported when it runs, so that `--help` is quick.
"""

import click

from kg.cli.agents import mcp
from kg.cli.asking import query, questions
from kg.cli.documents import facts, forms
from kg.cli.dumping import dump
from kg.cli.filling import export, ingest, stats
from kg.cli.linking import links
from kg.cli.networks import network
from kg.cli.reasoning import reason
from kg.cli.sampling import samples
from kg.cli.searching import search
from kg.cli.serving import serve
from kg.cli.shapes import shapes
from kg.cli.upkeep import backup, remove, restore, verify
from kg.cli.validating import explain, validate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="budget-kg")
def main() -> None:
    """Published budgets as a knowledge graph: every printed number a linked, checked fact. 部门预算公开知识图谱。"""


_COMMANDS = (
    *(ingest, facts, forms, query, questions, search, validate, explain, shapes),
    *(export, stats, links, network, reason, serve, mcp, samples),
    *(remove, verify, backup, restore, dump),
)
for _command in _COMMANDS:
    main.add_command(_command)
