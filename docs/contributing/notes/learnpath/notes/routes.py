"""The endpoints of notes."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..db import db
from ..modules import services as modules
from ..modules.permissions import readable_modules
from ..permissions import current_caller, requires
from ..web.blueprint import Blueprint
from ..web.pagination import Page, PageQuerySchema
from . import services
from .permissions import READ_NOTES, WRITE_NOTES
from .schemas import NewNoteSchema, NoteSchema

blp = Blueprint(
    "notes",
    __name__,
    url_prefix="/users",
    description="Private notes about modules.",
)


@blp.route("/<user:user_id>/notes", get="listNotes")
class NoteCollection(MethodView):
    """The notes of one user."""

    @requires(READ_NOTES)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(NoteSchema)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List my notes, in the order of the module slugs.

        Only their author can read them; an admin cannot.
        """
        return services.list_notes(user_id, **query)


@blp.route("/<user:user_id>/notes/<module_slug:module>", put="writeNote", delete="deleteNote")
class NoteResource(MethodView):
    """The note of one user about one module."""

    @requires(WRITE_NOTES)
    @blp.arguments(NewNoteSchema)
    @blp.response(200, NoteSchema)
    @blp.raises(modules.ModuleNotFound)
    def put(self, note: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Write a note about a module.

        It replaces my earlier note about this module.
        """
        row = modules.get_module(module, readable_modules(current_caller()))
        written = services.write_note(user_id, row.slug, **note)
        db.session.commit()
        return written

    @requires(WRITE_NOTES)
    @blp.response(204)
    def delete(self, user_id: int, module: str) -> None:
        """Delete a note.

        Without a note, this does nothing.
        """
        services.delete_note(user_id, module)
        db.session.commit()
