"""Our dialect of flask-smorest's Blueprint: strict bodies, keyset pages, whole documentation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask import Response, request
from flask_smorest.exceptions import NotModified
from flask_smorest.utils import unpack_tuple_response

from . import answers, documenting, errors, pages
from .examples import example_answer, example_request
from .parsing import StrictParser

View = TypeVar("View", bound=Callable[..., Any])
Decorator = Callable[[View], View]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A smorest blueprint with strict bodies, typed decorators and keyset pages."""

    ARGUMENTS_PARSER = StrictParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {
        **flask_smorest.Blueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING,
        "credentials": "application/json",  # see StrictParser.load_credentials
    }

    refuses = staticmethod(documenting.refuses)
    tried_with = staticmethod(documenting.tried_with)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Let `documenting` complete what smorest says of each operation."""
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(documenting.complete)

    def _store_endpoint_docs(self, endpoint: str, *more: Any, **options: Any) -> None:
        """Name each operation after its verb and its view class: `get_user_collection`."""
        super()._store_endpoint_docs(endpoint, *more, **options)
        place = re.sub(r"(?<!^)(?=[A-Z])", "_", endpoint).lower()
        for verb, known in self._docs[endpoint].items():
            if verb != "parameters":
                known["manual_doc"]["operationId"] = f"{verb}_{place}"

    def route(self, rule: str, **options: Any) -> Decorator[Any]:
        """Register a MethodView at `rule`."""
        return super().route(rule, **options)  # type: ignore[no-any-return]

    def arguments(self, schema: Any, **options: Any) -> Decorator[Any]:
        """Check the input against `schema` and pass it on as the first argument.

        The documented example is the schema's own, or has the fields that are required.
        """
        if options.get("location") != "query":
            options.setdefault("example", example_request(schema))
        made = schema() if isinstance(schema, type) else schema  # once, not for every request
        return super().arguments(made, **options)  # type: ignore[no-any-return]

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator[Any]:
        """Answer `status_code` with what the view returns, shown by `schema`."""
        if schema is not None:
            options.setdefault("example", example_answer(schema))
        return super().response(status_code, schema, **options)  # type: ignore[no-any-return]

    def plain_response(self, status_code: int, schema: Any, **options: Any) -> Decorator[Any]:
        """Answer with exactly what the view returns; `schema` documents it.

        For what is asked for most: showing it through the schema would cost more than
        reading it. Tests hold the answers to the schema.
        """
        documented = self.response(status_code, schema, **options)

        def decorator(view: Callable[..., Any]) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Response:
                shown, _, headers = unpack_tuple_response(view(*args, **kwargs))
                answer = answers.respond(shown, status_code)
                if headers:
                    answer.headers.update(headers)
                return answer

            # what smorest wraps around it would only pass the answer on
            wrapper._apidoc = documented(view)._apidoc  # type: ignore[attr-defined]
            return wrapper

        return decorator

    def alt_response(self, status_code: int, **options: Any) -> Decorator[Any]:
        """Document another answer of the view."""
        if "example" not in options:
            options["example"] = example_answer(options["schema"])
        return super().alt_response(status_code, **options)  # type: ignore[no-any-return]

    def doc(self, **about: Any) -> Decorator[Any]:
        """Add to what the OpenAPI document says of the view."""
        return super().doc(**about)  # type: ignore[no-any-return]

    def etag(self, view: View) -> View:
        """Tag the answer, so that it need not be sent again, and honour If-Match where it is sent.

        A view that writes calls `check_etag` on what it is about to change.
        """
        return super().etag(view)  # type: ignore[no-any-return]

    def check_etag(self, current: Any, schema: Any = None) -> None:
        """Raise PreconditionFailed where the client has seen another version than `current`."""
        if request.if_match and self._generate_etag(schema().dump(current)) not in request.if_match:
            raise errors.PreconditionFailed

    def _check_precondition(self) -> None:
        """Demand no precondition (RFC 9110, 13); smorest would answer 428 without If-Match."""

    def _verify_check_etag(self) -> None:
        """Ask for no check either: deleting what is there is fine."""

    def _check_not_modified(self, etag: str) -> None:
        """Answer 304 with the tag in it, which smorest leaves out (RFC 9110, 15.4.5)."""
        if request.method in self.METHODS_CHECKING_NOT_MODIFIED and etag in request.if_none_match:
            answer = Response(status=304)
            answer.set_etag(etag)
            raise NotModified(response=answer)

    def _prepare_etag_doc(self, doc: Any, doc_info: Any, **more: Any) -> Any:
        documented = super()._prepare_etag_doc(doc, doc_info, **more)
        documented.get("responses", {}).pop(428, None)  # nothing is demanded
        return documented

    def page(self, schema: type[Any], *, plain: bool = False, **options: Any) -> Decorator[Any]:
        """Answer a page: the items as a JSON array, the way on in the headers.

        The view returns a `pages.Page`; `plain` as in `plain_response`.
        """
        respond = self.plain_response if plain else self.response
        answer = respond(200, schema(many=True), headers=pages.DOCUMENTED_HEADERS, **options)

        def decorator(view: Callable[..., pages.Page]) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                page = view(*args, **kwargs)
                if isinstance(page, Response):  # a table instead of a page
                    return page
                return page.items, 200, page.headers(request.path, request.args)

            return answer(wrapper)

        return decorator
