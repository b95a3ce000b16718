"""The endpoints under `/api-keys`."""

from typing import Any

from flask.views import MethodView

from ..db import db
from ..permissions import current_caller, requires
from ..web.blueprint import Blueprint
from ..web.pagination import Page, PageQuerySchema
from . import services
from .permissions import MANAGE_KEYS
from .schemas import ApiKeySchema, CreatedApiKeySchema, NewApiKeySchema

blp = Blueprint(
    "api-keys",
    __name__,
    url_prefix="/api-keys",
    description="API keys for programs, created by admins.",
)


@blp.route("/", get="listApiKeys", post="createApiKey")
class ApiKeyCollection(MethodView):
    """All API keys."""

    @requires(MANAGE_KEYS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(ApiKeySchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the API keys, without the keys themselves.

        `prefix` tells them apart; `last_used_at` is updated at most every five minutes.
        """
        return services.list_keys(**query)

    @requires(MANAGE_KEYS)
    @blp.arguments(NewApiKeySchema)
    @blp.response(201, CreatedApiKeySchema)
    def post(self, new_key: dict[str, Any]) -> dict[str, Any]:
        """Create an API key for a program.

        The key is shown in this answer only. It is sent as `Authorization: Bearer lp_…` and acts
        for any user within its scopes, never as an admin.
        """
        key = services.create_key(**new_key, by=current_caller())
        db.session.commit()
        return key


@blp.route("/<id:key_id>", delete="revokeApiKey")
class ApiKeyResource(MethodView):
    """One API key."""

    @requires(MANAGE_KEYS)
    @blp.response(204)
    @blp.raises(services.ApiKeyNotFound)
    def delete(self, key_id: int) -> None:
        """Revoke an API key, with effect at once.

        It cannot be restored. The example works once the example of `POST /api/v1/api-keys/`
        has created the first key.
        """
        services.revoke_key(key_id)
        db.session.commit()
