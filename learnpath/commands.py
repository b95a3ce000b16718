"""Manners of the command line: examples in every help, JSON for scripts, sentences for refusals.

Exit status 0 means done, 1 that the answer is no, and 2 that the command was misspelled.
"""

from __future__ import annotations

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
from .errors import Refusal

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")


def examples(*lines: str) -> Callable[[Command], Command]:
    """Put these command lines under the help of a command; a test parses each."""

    def decorator(command: Command) -> Command:
        unwrapped = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)  # \b: as it is
        command.__doc__ = f"{cleandoc(command.__doc__ or '')}\n\n{unwrapped}"
        return command

    return decorator


def plain_refusals(command: Command) -> Command:
    """Tell a refusal, and trouble with the database, as a plain sentence on standard error."""

    @wraps(command)
    def wrapper(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Refusal as refusal:
            raise click.ClickException(_told(refusal)) from None
        except (OperationalError, InterfaceError, ProgrammingError) as trouble:
            reason = str(trouble.orig).strip().partition("\n")[0]
            raise click.ClickException(f"{reason}. `flask doctor` says what to do.") from None

    return wrapper  # type: ignore[return-value]


def print_json(answer: Any) -> None:
    """Print one JSON document, in ASCII, which every terminal and locale can show."""
    click.echo(json.dumps(answer, indent=2))


def print_report(outcomes: Counter[str], notes: list[dict[str, Any]], *, dry_run: bool) -> None:
    """Print as JSON what an import did: how many of each outcome, and what is worth a note."""
    print_json({"dry_run": dry_run, "outcomes": dict(sorted(outcomes.items())), "notes": notes})


def progress_bar(
    things: Iterable[Any] | None = None, *, label: str, length: int | None = None
) -> Any:
    """Show how far long work is: on standard error, and only where that is a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(things, length=length, label=label, file=sys.stderr, hidden=hidden)


def coloured(text: str, colour: str) -> str:
    """Return `text` in a colour, unless NO_COLOR is set; click drops it outside a terminal."""
    return click.style(text, fg=colour) if wants_colours() else text


def sentence(errors: Mapping[Any, Any]) -> str:
    """Say in one line what is wrong with which field."""
    return "; ".join(f"{field}: {' '.join(map(str, why))}" for field, why in errors.items())


def _told(refusal: Refusal) -> str:
    return sentence(refusal.errors) if refusal.errors else str(refusal)
