"""What each problem type means, taken from the refusals themselves."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from werkzeug.exceptions import default_exceptions

from ..errors import Refusal, http_problem_name, title_of
from ..extensions import rest


@cache
def explanations() -> dict[str, dict[str, Any]]:
    """Return `{type, title, status, meaning, general}` of every problem, in the order of names.

    A general one is known from HTTP; the others are words of this service.
    """
    found = {}
    for status, error in default_exceptions.items():
        name = http_problem_name(status)
        found[name] = _explanation(name, status, error.description or title_of(name), True)
    for name, refusal in Refusal.known.items():
        found[name] = _explanation(name, refusal.status, inspect.getdoc(refusal) or "", False)
    return dict(sorted(found.items()))


def example_of(name: str) -> dict[str, Any] | None:
    """Return the body of such a refusal, for the words of this service."""
    refusal = Refusal.known.get(name)
    return refusal.example_body() if refusal else None


@cache
def operations_with(name: str) -> list[dict[str, str]]:
    """Return which operations may be refused so, each with its place on the docs page."""
    return [
        {
            "operation": f"{verb.upper()} {address}",
            "page": f"/docs#/{operation['tags'][0]}/{operation['operationId']}",
        }
        for address, place in rest.spec.to_dict()["paths"].items()
        for verb, operation in place.items()
        if verb != "parameters" and name in _problems_of(operation)
    ]


def _problems_of(operation: dict[str, Any]) -> set[str]:
    """Return the problems of an operation: its responses are named after them."""
    names = [
        answer["$ref"].rpartition("/")[2]
        for answer in operation["responses"].values()
        if "$ref" in answer
    ]
    return {name for several in names for name in several.split(".")}


def _explanation(name: str, status: int, meaning: str, general: bool) -> dict[str, Any]:
    return {
        "type": f"/problems/{name}",
        "title": title_of(name),
        "status": status,
        "meaning": meaning,
        "general": general,
    }
