"""Whether the OpenAPI document tells what was answered: each status, and each kind of refusal."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Request, Response

from learnpath.errors import MEDIA_TYPE
from learnpath.extensions import rest

ANY_OPERATION = {"internal-server-error"}  # documented once, as the default of every operation


@cache
def document() -> dict[str, Any]:
    return rest.spec.to_dict()


def address_of(rule: str) -> str:
    """Return how the document writes the address of a routing rule."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def resolved(thing: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference of the document leads to."""
    while "$ref" in thing:
        place: Any = document()
        for step in thing["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        thing = place
    return thing


def problems_of(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the problems that an operation documents: name → example of the body."""
    return {
        name: resolved(example)["value"]
        for status, answer in operation["responses"].items()
        if status >= "400"
        for name, example in resolved(answer)["content"][MEDIA_TYPE].get("examples", {}).items()
    }


def undocumented(request: Request, response: Response) -> str | None:
    """Say what of an answer the document does not tell; None where it tells all."""
    rule = request.url_rule.rule if request.url_rule else ""
    verb = {"HEAD": "get"}.get(request.method, request.method.lower())
    operation = document()["paths"].get(address_of(rule), {}).get(verb)
    if operation is None:  # no operation of the API
        return None
    place = f"{request.method} {rule}: {response.status_code}"
    if response.status_code < 400:
        return None if str(response.status_code) in operation["responses"] else place
    problem = response.get_json()
    name = problem["type"].removeprefix("/problems/")
    documented = problems_of(operation).get(name)
    if documented is None:
        return None if name in ANY_OPERATION else f"{place} {name} is not documented"
    if problem.keys() - {"instance"} != documented.keys():
        return f"{place} {name} is documented with other members: {problem}"
    return None
