"""The addresses of notes."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..paths import services as paths
from ..paths.permissions import readable_modules
from ..permissions import requires, the_caller
from ..rest import Blueprint
from . import services
from .permissions import READ_NOTES, WRITE_NOTES
from .schemas import NewNoteSchema, NoteSchema

blp = Blueprint(
    "notes",
    __name__,
    url_prefix="/users",
    description="What people note about modules, for themselves only.",
)


@blp.route("/<user:user_id>/notes")
class NoteCollection(MethodView):
    """The notes of one person."""

    @requires(READ_NOTES)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(NoteSchema)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List my notes, in the order of the module slugs.

        Nobody else reads them, not even an admin.
        """
        return services.list_notes(user_id, **query)


@blp.route("/<user:user_id>/notes/<module_slug:module>")
class NoteResource(MethodView):
    """What one person noted about one module."""

    @requires(WRITE_NOTES)
    @blp.arguments(NewNoteSchema)
    @blp.response(200, NoteSchema)
    @blp.refuses(paths.ModuleNotFound)
    def put(self, note: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Note something about a module.

        It takes the place of what I noted before.
        """
        found = paths.get_module(module, readable_modules(the_caller()))
        written = services.write_note(user_id, found.slug, **note)
        db.session.commit()
        return written

    @requires(WRITE_NOTES)
    @blp.response(204)
    def delete(self, user_id: int, module: str) -> None:
        """Erase a note.

        Where there is none, nothing is to be done.
        """
        services.erase_note(user_id, module)
        db.session.commit()
