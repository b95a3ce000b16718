"""Endpoints for the reports on a path."""

from typing import Any

from flask import Response, request
from flask.views import MethodView

from ..paths.services import PathNotFound
from ..permissions import requires
from ..web.blueprint import Blueprint
from ..web.pagination import Page
from . import services
from .csv_export import to_csv
from .permissions import READ_REPORT
from .schemas import LearnerQuerySchema, LearnerSchema, PathReportSchema

blp = Blueprint(
    "reports",
    __name__,
    url_prefix="/paths",
    description="Figures and learners of a path, for its authors.",
)

JSON, CSV = "application/json", "text/csv"
TABLE = "user_id,name,email,status,…\r\n7,Ada Lovelace,ada@example.org,active,…\r\n"


@blp.route("/<path_slug:path>/report", get="getPathReport")
class PathReport(MethodView):
    """The figures of one path."""

    @requires(READ_REPORT)
    @blp.response(200, PathReportSchema)
    @blp.raises(PathNotFound)
    def get(self, path: str) -> dict[str, Any]:
        """Show the figures of a path: learners, their progress, and each module.

        Withdrawn learners count in `withdrawn` only. A median without values is null.
        """
        return services.report(path)


@blp.route("/<path_slug:path>/learners", get="listPathLearners")
class PathLearners(MethodView):
    """The learners of one path."""

    @requires(READ_REPORT)
    @blp.arguments(LearnerQuerySchema, location="query")
    @blp.alt_response(200, schema={"type": "string"}, content_type=CSV, example=TABLE)
    @blp.paginated_response(LearnerSchema)
    @blp.raises(PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page | Response:
        """List the learners of a path.

        With `Accept: text/csv` all of them are returned as one table that is safe to open in
        a spreadsheet.
        """
        if request.accept_mimetypes.best_match([JSON, CSV]) != CSV:
            return services.list_learners(path, **query)
        rows = services.stream_learners(path, query["status"])
        return Response(to_csv(list(LearnerSchema().fields), rows), mimetype=CSV)
