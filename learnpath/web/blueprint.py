"""The Blueprint of every feature: flask-smorest's, with strict bodies and keyset pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask_smorest
from flask import Response, request

from . import documentation, etags
from .examples import example_answer, example_request
from .pagination import DOCUMENTED_HEADERS, Page
from .parser import StrictParser
from .responses import json_response

Decorator = Callable[[Any], Any]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint with strict bodies, ETags, keyset pages and documented problems."""

    ARGUMENTS_PARSER = StrictParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {
        **flask_smorest.Blueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING,
        "credentials": "application/json",  # see StrictParser.load_credentials
    }

    raises = staticmethod(documentation.raises)
    example_path = staticmethod(documentation.example_path)
    etag = staticmethod(etags.etag)
    check_etag = staticmethod(etags.check_etag)
    set_etag = staticmethod(etags.set_etag)
    doc: Callable[..., Decorator]  # flask-smorest has no types

    def route(self, rule: str, **operation_ids: str) -> Decorator:
        """Register a MethodView at `rule`, with the operation id of each of its methods.

        Generated clients name their functions after the ids: `get="listUsers"`.
        """

        def decorator(view_class: Any) -> Any:
            view_class.operation_ids = operation_ids
            self.add_url_rule(rule, view_func=view_class)
            return view_class

        return decorator

    def arguments(self, schema: Any, **options: Any) -> Decorator:
        """Validate the input with `schema` and pass it to the view as its first argument.

        The documented example is that of the schema's Meta, or has the required fields.
        """
        if options.get("location") != "query":
            options.setdefault("example", example_request(schema))
        instance = schema() if isinstance(schema, type) else schema  # once, not per request
        return super().arguments(instance, **options)  # type: ignore[no-any-return]

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator:
        """Respond with `status_code` and the result of the view, dumped by `schema`."""
        if schema is not None:
            options.setdefault("example", example_answer(schema))
        return super().response(status_code, schema, **options)  # type: ignore[no-any-return]

    def raw_response(self, status_code: int, schema: Any, **options: Any) -> Decorator:
        """Respond with exactly what the view returns; `schema` only documents it.

        For the most frequent requests: dumping a row costs more than reading it. Tests
        compare the responses with the schema.
        """
        document = self.response(status_code, schema, **options)

        def decorator(view: Callable[..., Any]) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Response:
                return json_response(view(*args, **kwargs), status_code)

            return document(wrapper)

        return decorator

    def paginated_response(
        self, schema: type[Any], *, raw: bool = False, **options: Any
    ) -> Decorator:
        """Respond with a page: the items as a JSON array, the cursors in the headers.

        The view returns a `pagination.Page`, or a finished response; `raw` as in `raw_response`.
        """
        document = self.response(200, schema(many=True), headers=DOCUMENTED_HEADERS, **options)

        def decorator(view: Callable[..., Page | Response]) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                page = view(*args, **kwargs)
                if isinstance(page, Response):
                    return page
                headers = page.headers(request.path, request.args)
                if raw:
                    return json_response(page.items, headers=headers)
                return page.items, 200, headers

            return document(wrapper)

        return decorator

    def alt_response(self, status_code: int, **options: Any) -> Decorator:
        """Document another response of the view."""
        if "example" not in options:
            options["example"] = example_answer(options["schema"])
        return super().alt_response(status_code, **options)  # type: ignore[no-any-return]
