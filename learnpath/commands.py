"""Manners of the command line: a refusal is a sentence and exit status 1, not a traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from .errors import Refusal

Command = TypeVar("Command", bound=Callable[..., Any])


def plain_refusals(command: Command) -> Command:
    """Tell a refusal of the domain as a plain sentence."""

    @wraps(command)
    def wrapper(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Refusal as refusal:
            raise click.ClickException(_told(refusal)) from None

    return wrapper  # type: ignore[return-value]


def sentence(errors: Mapping[Any, Any]) -> str:
    """Say in one line what is wrong with which field."""
    return "; ".join(f"{field}: {' '.join(map(str, why))}" for field, why in errors.items())


def _told(refusal: Refusal) -> str:
    return sentence(refusal.errors) if refusal.errors else str(refusal)
