"""The URL converters; the OpenAPI document describes their values by `schema`.

The examples are in the demo data.
"""

from typing import Any

from werkzeug.routing import BaseConverter

from ..slugs import MODULE_ID_PATTERN, PATH_SLUG_PATTERN, RESERVED_MODULE_IDS


class UserConverter(BaseConverter):
    """A user id, or `me`. Any other value is a 404."""

    regex = "(?:me|[1-9][0-9]{0,9})"
    schema = {"type": "string", "pattern": f"^{regex}$", "example": "me"}

    def to_python(self, value: str) -> int | str:
        """Return the id as a number; `requires` replaces `me` with the caller's id."""
        return value if value == "me" else int(value)


class IdConverter(BaseConverter):
    """The id of anything but a user: it fits into a database column."""

    regex = "[1-9][0-9]{0,17}"
    schema = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1, "example": 1}

    def to_python(self, value: str) -> int:
        """Return the id as a number."""
        return int(value)


class PathSlugConverter(BaseConverter):
    """The slug of a path."""

    regex = PATH_SLUG_PATTERN
    schema = {"type": "string", "pattern": f"^{regex}$", "example": "backend-with-flask"}


class ModuleSlugConverter(BaseConverter):
    """The slug of a module; the reserved words of the API are excluded."""

    regex = f"(?!(?:{'|'.join(RESERVED_MODULE_IDS)})$){MODULE_ID_PATTERN}"
    schema = {"type": "string", "pattern": f"^{regex}$", "example": "run-the-service"}


CONVERTERS: dict[str, Any] = {
    "user": UserConverter,
    "id": IdConverter,
    "path_slug": PathSlugConverter,
    "module_slug": ModuleSlugConverter,
}
