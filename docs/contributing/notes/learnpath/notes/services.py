"""Write, list, delete and export notes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db, reads
from ..db.upsert import upsert
from ..web.pagination import Page, PageParams, paginate
from .models import Note


def list_notes(user_id: int, paging: PageParams) -> Page:
    """Return a page of a user's notes, in the order of the module slugs."""
    notes = sa.select(Note).where(Note.user_id == user_id)
    return paginate(notes, [Note.module_slug], paging, cursor_scope="notes")


def write_note(user_id: int, module: str, text: str) -> dict[str, Any]:
    """Store a user's note about a module; it replaces an earlier one."""
    note = {"user_id": user_id, "module_slug": module, "text": text, "updated_at": now()}
    upsert(Note, note)
    return note


def delete_note(user_id: int, module: str) -> None:
    """Delete a note, if there is one."""
    is_note = sa.and_(Note.user_id == user_id, Note.module_slug == module)
    db.session.execute(sa.delete(Note).where(is_note))


def export_notes(user_id: int) -> list[dict[str, Any]]:
    """Return all notes of a user, for the export of their data."""
    columns = (Note.module_slug, Note.text, Note.updated_at)
    notes = reads.all(sa.select(*columns).where(Note.user_id == user_id))
    return [note._asdict() for note in notes]
