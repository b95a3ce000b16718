"""The pages about problem types, generated from the exception classes."""

import inspect
from functools import cache
from typing import Any

from werkzeug.exceptions import default_exceptions

from .. import errors
from ..errors import Problem
from ..extensions import rest


@cache
def explanations() -> dict[str, dict[str, Any]]:
    """Return `{type, title, status, meaning, general}` of every problem, sorted by name.

    A general problem is a plain HTTP error; the others are specific to this service.
    """
    result = {}
    for status, error in default_exceptions.items():
        name = errors.http_problem_name(status)
        meaning = error.description or errors.title(name)
        result[name] = _explanation(name, status, meaning, general=True)
    for name, problem in Problem.registry.items():
        meaning = inspect.getdoc(problem) or ""
        result[name] = _explanation(name, problem.status, meaning, general=False)
    return dict(sorted(result.items()))


def example(name: str) -> dict[str, Any] | None:
    """Return an example of the body, for a problem of this service."""
    problem = Problem.registry.get(name)
    return problem.example_body() if problem else None


@cache
def operations_raising(name: str) -> list[dict[str, str]]:
    """Return the operations that document the problem, with their URLs on the docs page."""
    return [
        {
            "operation": f"{method.upper()} {path}",
            "page": f"/docs#/{operation['tags'][0]}/{operation['operationId']}",
        }
        for path, item in rest.spec.to_dict()["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and name in _problems(operation)
    ]


def _problems(operation: dict[str, Any]) -> set[str]:
    """Return the problems of an operation: the names of its responses contain them."""
    names = [
        response["$ref"].rpartition("/")[2]
        for response in operation["responses"].values()
        if "$ref" in response
    ]
    return {problem for name in names for problem in name.split(".")}


def _explanation(name: str, status: int, meaning: str, *, general: bool) -> dict[str, Any]:
    return {
        "type": f"/problems/{name}",
        "title": errors.title(name),
        "status": status,
        "meaning": meaning,
        "general": general,
    }
