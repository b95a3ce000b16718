"""Our dialect of flask-smorest's Blueprint: strict bodies and keyset pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask import request

from . import pages
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

    def route(self, rule: str, **options: Any) -> Decorator[Any]:
        """Register a MethodView at `rule`."""
        return super().route(rule, **options)  # type: ignore[no-any-return]

    def arguments(self, schema: Any, **options: Any) -> Decorator[Any]:
        """Check the input against `schema` and pass it on as the first argument."""
        return super().arguments(schema, **options)  # type: ignore[no-any-return]

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator[Any]:
        """Answer `status_code` with what the view returns, shown by `schema`."""
        return super().response(status_code, schema, **options)  # type: ignore[no-any-return]

    def doc(self, **about: Any) -> Decorator[Any]:
        """Add to what the OpenAPI document says of the view."""
        return super().doc(**about)  # type: ignore[no-any-return]

    def page(self, schema: type[Any], **options: Any) -> Decorator[Any]:
        """Answer a page: the items as a JSON array, the way on in the headers.

        The view returns a `pages.Page`.
        """
        answer = self.response(200, schema(many=True), headers=pages.DOCUMENTED_HEADERS, **options)

        def decorator(view: Callable[..., pages.Page]) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> tuple[Any, int, dict[str, str]]:
                page = view(*args, **kwargs)
                return page.items, 200, page.headers(request.path, request.args)

            return answer(wrapper)

        return decorator
