"""Let the database decide what is new."""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Bookmark(Base):
    """A bookmark of a module; one per user and module."""

    __tablename__ = "bookmarks"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)


def keep_bookmark(session, user_id, module_slug):
    """Store a bookmark, and return whether it is new.

    This code selects first and then inserts. When two requests do so concurrently, neither finds
    a row, both insert, and one of them fails. Use one statement instead: `insert` from
    `sqlalchemy.dialects.sqlite` has `on_conflict_do_nothing()` and `returning(...)`; if no row is
    returned, the bookmark existed already.
    """
    if session.get(Bookmark, (user_id, module_slug)):
        return False
    session.add(Bookmark(user_id=user_id, module_slug=module_slug))
    session.flush()
    return True
