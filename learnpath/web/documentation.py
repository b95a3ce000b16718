"""What the OpenAPI document adds to the schemas: operation ids, permissions and problems.

Decorators set attributes on the view (`raises`, `permission`, …); an apispec plugin reads them
when the document is generated.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from apispec import APISpec, BasePlugin
from flask import Flask
from werkzeug.routing import Rule

from .. import errors
from ..errors import Problem
from ..permissions import annotate, authenticator
from . import read_only
from .converters import ModuleSlugConverter, PathSlugConverter

View = TypeVar("View", bound=Callable[..., Any])

BODY_ERRORS: tuple[type[Problem], ...] = (
    errors.BadRequest,
    errors.RequestEntityTooLarge,
    errors.UnsupportedMediaType,
)
PATH_PARAMETERS = {"path": PathSlugConverter.schema, "module": ModuleSlugConverter.schema}
CONDITIONAL_METHODS = ("put", "patch", "delete")


def raises(*problems: type[Problem]) -> Callable[[View], View]:
    """Document the problems of a view that do not follow from its other decorators."""
    return lambda view: annotate(view, raises=problems)


def example_path(**values: str) -> Callable[[View], View]:
    """Replace the usual example of a path parameter for one view."""
    return lambda view: annotate(view, example_path=values)


class OperationPlugin(BasePlugin):
    """An apispec plugin that completes each operation with the attributes of its view."""

    def __init__(self, app: Flask) -> None:
        """Look up the views in `app`."""
        self.app = app

    def init_spec(self, spec: APISpec) -> None:
        """Remember the document for its components."""
        self.spec = spec

    def operation_helper(self, *, operations: Any, rule: Rule, **_: Any) -> None:  # type: ignore[override]
        """Complete the `operations` at the URL of `rule`."""
        endpoint: Any = self.app.view_functions[rule.endpoint]
        view_class = endpoint.view_class
        for method, operation in operations.items():
            view = getattr(view_class, method)
            operation["operationId"] = view_class.operation_ids[method]
            operation["description"] = _description(operation, view)
            operation["security"] = view.security
            document_errors(operation, view, method, self.spec)
            if hasattr(view, "has_etag"):
                _document_etag(operation, method)
            for name, example in getattr(view, "example_path", {}).items():
                operation.setdefault("parameters", []).append(_path_parameter(name, example))


def document_errors(operation: dict[str, Any], view: Any, method: str, spec: APISpec) -> None:
    """Replace the error responses of an operation with its problems."""
    by_status = defaultdict(list)
    problems = _problems(operation, view, method)
    for problem in sorted(problems, key=lambda problem: (problem.status, problem.problem_name())):
        by_status[problem.status].append(problem)
    responses = operation["responses"]
    operation["responses"] = {
        **{status: answer for status, answer in responses.items() if str(status) < "400"},
        **{status: _component_response(group, spec) for status, group in by_status.items()},
        "default": "DEFAULT_ERROR",
    }


def _description(operation: dict[str, Any], view: Any) -> str:
    """Return the docstring without its line breaks, which viewers would show, and who may call."""
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", operation.get("description", ""))
    if view.permission:
        who_may = str(view.permission)
    else:
        who_may = "anyone; an access token shows more" if view.security else "anyone"
    return f"{text}\n\n**Who may:** {who_may}."


def _path_parameter(name: str, example: str) -> dict[str, Any]:
    schema = {key: value for key, value in PATH_PARAMETERS[name].items() if key != "example"}
    return {"in": "path", "name": name, "required": True, "schema": schema, "example": example}


def _problems(operation: dict[str, Any], view: Any, method: str) -> set[type[Problem]]:
    """Return the problems that a view declares and those that follow from its decorators."""
    problems: set[type[Problem]] = {errors.Unavailable, *getattr(view, "raises", ())}
    if view.security:
        problems |= {errors.Unauthorized, *authenticator.problems}
    if view.permission:
        problems.add(errors.Forbidden)
    if "requestBody" in operation or "parameters" in operation:
        problems.add(errors.InvalidInput)
    if "requestBody" in operation:
        problems.update(BODY_ERRORS)
    if method.upper() not in read_only.SAFE_METHODS:
        problems.add(read_only.ReadOnly)
    if hasattr(view, "has_etag") and method in CONDITIONAL_METHODS:
        problems.add(errors.PreconditionFailed)
    return problems


def _document_etag(operation: dict[str, Any], method: str) -> None:
    """Document the headers of a conditional request (see `etags`)."""
    is_change = method in CONDITIONAL_METHODS
    if method != "post":
        parameter = "IF_MATCH" if is_change else "IF_NONE_MATCH"
        operation.setdefault("parameters", []).append(parameter)
    for status, response in operation["responses"].items():
        if str(status) in ("200", "201"):
            response.setdefault("headers", {})["ETag"] = "ETAG"
    if method == "get":
        operation["responses"][304] = "NOT_MODIFIED"


def _component_response(problems: list[type[Problem]], spec: APISpec) -> str:
    """Register one response for several problems, shared by all operations; return its name."""
    name = ".".join(problem.problem_name() for problem in problems)
    if name not in spec.components.responses:
        for problem in problems:
            if problem.problem_name() not in spec.components.examples:
                spec.components.example(problem.problem_name(), {"value": problem.example_body()})
        spec.components.response(name, _response(problems))
    return name


def _response(problems: Iterable[type[Problem]]) -> dict[str, Any]:
    """Return a response object that describes each problem, with an example."""
    summaries = {problem.problem_name(): problem.summary() for problem in problems}
    lines = [f"[`{name}`](/problems/{name}): {summary}" for name, summary in summaries.items()]
    headers = {
        name: {"description": description, "schema": {"type": "string"}}
        for problem in problems
        for name, description in problem.documented_headers.items()
    }
    examples = {name: {"$ref": f"#/components/examples/{name}"} for name in summaries}
    content = {"schema": errors.ProblemSchema, "examples": examples}
    response = {"description": "\n\n".join(lines), "content": {errors.MEDIA_TYPE: content}}
    return response | ({"headers": headers} if headers else {})
