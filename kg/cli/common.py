"""What the commands share: options, examples in the help, progress, and one line for what is refused."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kg.errors import BudgetError
from kg.settings import DEFAULT_BASE

REFUSED = 2


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what this package refuses into one line and exit status 2."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except BudgetError as error:
            click.echo(f"kg: {error}", err=True)
            sys.exit(REFUSED)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except (OSError, RuntimeError) as error:
            from kg.store.faults import reason_of

            if not (reason := reason_of(error)):
                raise
            click.echo(f"kg: {reason}", err=True)
            sys.exit(REFUSED)

    return run


def examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


base_option = click.option(
    "--base", default=DEFAULT_BASE, show_default=True, envvar="KG_BASE", help="The IRI under which instances are minted."
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def say(message: str) -> None:
    click.echo(message, err=True)
