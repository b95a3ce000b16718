"""Write, list and erase notes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..extensions import db, reads, transaction
from ..pages import Page, Paging, take
from .models import Note


def list_notes(user_id: int, paging: Paging) -> Page:
    """Return a page of somebody's notes, in the order of the module slugs."""
    notes = sa.select(Note).where(Note.user_id == user_id)
    return take(notes, [Note.module_slug], paging, of="notes")


def write_note(user_id: int, module: str, text: str) -> dict[str, Any]:
    """Keep what somebody notes about a module, in place of what they noted before."""
    note = {"user_id": user_id, "module_slug": module, "text": text, "updated_at": now()}
    transaction.put(Note, note)
    return note


def erase_note(user_id: int, module: str) -> None:
    """Forget a note. Where there is none, nothing is to be done."""
    mine = sa.and_(Note.user_id == user_id, Note.module_slug == module)
    db.session.execute(sa.delete(Note).where(mine))


def export_notes(user_id: int) -> list[dict[str, Any]]:
    """Return everything that somebody noted, for them to take home."""
    columns = (Note.module_slug, Note.text, Note.updated_at)
    notes = reads.all(sa.select(*columns).where(Note.user_id == user_id))
    return [note._asdict() for note in notes]
