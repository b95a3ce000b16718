"""The addresses where staff see how a path goes."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.views import MethodView

from ..pages import Page
from ..paths.services import PathNotFound
from ..permissions import requires
from ..rest import Blueprint
from . import services
from .permissions import READ_REPORT
from .schemas import LearnerQuerySchema, LearnerSchema, PathReportSchema
from .tables import to_csv

blp = Blueprint(
    "insight",
    __name__,
    url_prefix="/paths",
    description="How a path goes, for the people who look after it.",
)

JSON, CSV = "application/json", "text/csv"
TABLE = "user_id,name,email,status,…\r\n7,Ada Lovelace,ada@example.org,active,…\r\n"


@blp.route("/<path_slug:path>/report")
class PathReport(MethodView):
    """How one path goes."""

    @requires(READ_REPORT)
    @blp.response(200, PathReportSchema)
    @blp.refuses(PathNotFound)
    def get(self, path: str) -> dict[str, Any]:
        """Count who follows a path, how far they are, and how each module goes.

        Who has withdrawn is only in `withdrawn`. Medians are null where nobody has got so far.
        """
        return services.report(path)


@blp.route("/<path_slug:path>/learners")
class PathLearners(MethodView):
    """Who follows one path."""

    @requires(READ_REPORT)
    @blp.arguments(LearnerQuerySchema, location="query")
    @blp.alt_response(200, schema={"type": "string"}, content_type=CSV, example=TABLE)
    @blp.page(LearnerSchema)
    @blp.refuses(PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page | Response:
        """List who follows a path, one row per learner.

        With `Accept: text/csv` all of them come as one table, which is safe to open in a
        spreadsheet.
        """
        if request.accept_mimetypes.best_match([JSON, CSV]) != CSV:
            return services.list_learners(path, **query)
        rows = services.stream_learners(path, query["status"])
        return Response(to_csv(list(LearnerSchema().fields), rows), mimetype=CSV)
