"""The addresses of API keys."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..permissions import requires, the_caller
from ..rest import Blueprint
from . import services
from .permissions import MANAGE_KEYS
from .schemas import ApiKeySchema, FreshApiKeySchema, NewApiKeySchema

blp = Blueprint(
    "api-keys",
    __name__,
    url_prefix="/api-keys",
    description="Keys for machine clients, made by admins.",
)


@blp.route("/")
class ApiKeyCollection(MethodView):
    """All keys."""

    @requires(MANAGE_KEYS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(ApiKeySchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the API keys, without the keys themselves.

        `prefix` is how to recognise one; `last_used_at` is noted every five minutes at most.
        """
        return services.list_keys(**query)

    @requires(MANAGE_KEYS)
    @blp.arguments(NewApiKeySchema)
    @blp.response(201, FreshApiKeySchema)
    def post(self, new_key: dict[str, Any]) -> dict[str, Any]:
        """Make an API key for a machine client.

        The key is shown in this answer only. It is sent as `Authorization: Bearer lp_…` and acts
        for any user within its scopes, never as an admin.
        """
        made = services.create_key(**new_key, by=the_caller())
        db.session.commit()
        return made


@blp.route("/<id:key_id>")
class ApiKeyResource(MethodView):
    """One key."""

    @requires(MANAGE_KEYS)
    @blp.response(204)
    @blp.refuses(services.ApiKeyNotFound)
    def delete(self, key_id: int) -> None:
        """Revoke an API key, at once.

        It cannot be brought back. The example works once the example of `POST /api/v1/api-keys/`
        has made the first key.
        """
        services.revoke_key(key_id)
        db.session.commit()
