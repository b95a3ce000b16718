"""Let the database decide what is new."""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Bookmark(Base):
    """A module that somebody wants to come back to; once per person and module."""

    __tablename__ = "bookmarks"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)


def keep_bookmark(session, user_id, module_slug):
    """Keep a bookmark, and return whether it is new.

    This looks first and inserts afterwards. When two requests do so at the same instant, both
    see nothing, both insert, and one of them breaks. Make it one statement:
    `insert` from `sqlalchemy.dialects.sqlite` knows `on_conflict_do_nothing()` and
    `returning(...)`; where nothing is returned, nothing was new.
    """
    if session.get(Bookmark, (user_id, module_slug)):
        return False
    session.add(Bookmark(user_id=user_id, module_slug=module_slug))
    session.flush()
    return True
