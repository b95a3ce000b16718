"""What the OpenAPI document says beside the schemas: who may, and every refusal with an example."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from itertools import starmap
from typing import Any, TypeVar

from apispec import APISpec

from . import errors, maintenance
from .errors import Refusal
from .openapi import ModuleSlugConverter, PathSlugConverter, slug_schema
from .permissions import guard

View = TypeVar("View", bound=Callable[..., Any])

OF_A_BODY: tuple[type[Refusal], ...] = (
    errors.BadRequest,
    errors.RequestEntityTooLarge,
    errors.UnsupportedMediaType,
)
SLUGS = {"path": PathSlugConverter, "module": ModuleSlugConverter}
CHANGING = ("put", "patch", "delete")


def refuses(*refusals: type[Refusal]) -> Callable[[View], View]:
    """Document what a view refuses, beside what follows from its other decorators."""

    def decorator(view: View) -> View:
        return _noted(view, refuses=refusals)

    return decorator


def tried_with(**place: str) -> Callable[[View], View]:
    """Let the documentation try a view at another address than the usual examples make."""

    def decorator(view: View) -> View:
        return _noted(view, tried_with=place)

    return decorator


def complete(
    operation: dict[str, Any], known: dict[str, Any], *, spec: APISpec, method: str, **_: Any
) -> dict[str, Any]:
    """Complete an operation with its refusals and with who may; smorest calls this for each.

    `known` is what the decorators of the view have left.
    """
    known["docstring"]["description"] = _description(known)
    answers = operation["responses"]
    good = {status: answer for status, answer in answers.items() if str(status) < "400"}
    refused = _responses(_refusals(operation, known, method), spec)
    operation["responses"] = good | refused | {"default": answers["default"]}
    places = known.get("tried_with", {}).items()
    if places:
        operation.setdefault("parameters", []).extend(starmap(_place, places))
    return operation


def _description(known: Mapping[str, Any]) -> str:
    """Return the rule from the docstring, and who may; viewers would keep its line breaks."""
    rule = re.sub(r"(?<!\n)\n(?!\n)", " ", known["docstring"].get("description", ""))
    return f"{rule}\n\n**Who may:** {known['who_may']}."


def _noted(view: View, **about: Any) -> View:
    """Leave a note for `complete` where smorest's decorators leave theirs."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {})) | about  # type: ignore[attr-defined]
    return view


def _place(name: str, example: str) -> dict[str, Any]:
    schema = slug_schema(SLUGS[name])
    return {"in": "path", "name": name, "required": True, "schema": schema, "example": example}


def _refusals(
    operation: Mapping[str, Any], known: Mapping[str, Any], method: str
) -> set[type[Refusal]]:
    """Return what a view can refuse: what it says itself, and what its decorators do."""
    found: set[type[Refusal]] = {errors.Unavailable, *known.get("refuses", ())}
    security = known["manual_doc"]["security"]
    if security:
        found |= {errors.Unauthorized, *guard.refusals}
    if security and {} not in security:
        found.add(errors.Forbidden)
    if "arguments" in known:
        found.add(errors.InvalidInput)
    if "requestBody" in operation:
        found.update(OF_A_BODY)
    if method.upper() not in maintenance.READING:
        found.add(maintenance.ReadOnly)
    if "etag" in known and method in CHANGING:
        found.add(errors.PreconditionFailed)
    return found


def _responses(refusals: Iterable[type[Refusal]], spec: APISpec) -> dict[int, str]:
    """Return by status the name of the response that tells every problem behind it."""
    by_status = defaultdict(list)
    for refusal in sorted(refusals, key=lambda refusal: (refusal.status, refusal.problem_name())):
        by_status[refusal.status].append(refusal)
    return {status: _kept(several, spec) for status, several in by_status.items()}


def _kept(refusals: list[type[Refusal]], spec: APISpec) -> str:
    """Keep a response among the components, once for all operations; return its name."""
    name = ".".join(refusal.problem_name() for refusal in refusals)
    if name not in spec.components.responses:
        for refusal in refusals:
            _keep_example(refusal, spec)
        spec.components.response(name, _response(refusals))
    return name


def _response(refusals: list[type[Refusal]]) -> dict[str, Any]:
    """Describe each problem, and show an example of it."""
    told = {refusal.problem_name(): refusal.first_line() for refusal in refusals}
    lines = [f"[`{name}`](/problems/{name}): {meaning}" for name, meaning in told.items()]
    headers = {
        name: {"description": meaning, "schema": {"type": "string"}}
        for refusal in refusals
        for name, meaning in refusal.described_headers.items()
    }
    examples = {name: {"$ref": f"#/components/examples/{name}"} for name in told}
    content = {"schema": errors.ProblemSchema, "examples": examples}
    response = {"description": "\n\n".join(lines), "content": {errors.MEDIA_TYPE: content}}
    return response | ({"headers": headers} if headers else {})


def _keep_example(refusal: type[Refusal], spec: APISpec) -> None:
    name = refusal.problem_name()
    if name not in spec.components.examples:
        spec.components.example(name, {"value": refusal.example_body()})
