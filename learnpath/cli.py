"""Shared parts of the commands: examples in the help, JSON output, errors as sentences.

Exit status 0 means success, 1 failure, and 2 wrong usage.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import cleandoc
from typing import Any, TypeVar

import click
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from .config import wants_colours
from .errors import Problem

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")


def examples(*lines: str) -> Callable[[Command], Command]:
    """Add these command lines to the help of a command; a test parses each of them."""

    def decorator(command: Command) -> Command:
        text = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)  # \b: no wrapping
        command.__doc__ = f"{cleandoc(command.__doc__ or '')}\n\n{text}"
        return command

    return decorator


def handle_errors(command: Command) -> Command:
    """Print a problem or a database error as one sentence on standard error; exit with 1."""

    @wraps(command)
    def wrapper(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Problem as problem:
            message = format_errors(problem.errors) if problem.errors else str(problem)
            raise click.ClickException(message) from None
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            reason = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(f"{reason}. `flask doctor` says what to do.") from None

    return wrapper  # type: ignore[return-value]


def print_json(value: Any) -> None:
    """Print one JSON document in ASCII, which every terminal and locale can display."""
    click.echo(json.dumps(value, indent=2))


def print_report(outcomes: Counter[str], notes: list[dict[str, Any]], *, dry_run: bool) -> None:
    """Print the result of an import as JSON: the number of each outcome, and notes."""
    print_json({"dry_run": dry_run, "outcomes": dict(sorted(outcomes.items())), "notes": notes})


def progress_bar(
    items: Iterable[Any] | None = None, *, label: str, length: int | None = None
) -> Any:
    """Show the progress of long work on standard error, if that is a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=hidden)


def coloured(text: str, colour: str) -> str:
    """Return `text` in a colour, unless NO_COLOR is set; click removes it outside a terminal."""
    return click.style(text, fg=colour) if wants_colours() else text


def format_errors(errors: Mapping[Any, Any]) -> str:
    """Return the errors of all fields in one line."""
    return "; ".join(
        f"{field}: {' '.join(map(str, messages))}" for field, messages in errors.items()
    )
