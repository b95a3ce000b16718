"""One possible solution."""

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Bookmark(Base):
    """A bookmark of a module; one per user and module."""

    __tablename__ = "bookmarks"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)


def keep_bookmark(session, user_id, module_slug):
    added = session.scalar(
        insert(Bookmark)
        .values(user_id=user_id, module_slug=module_slug)
        .on_conflict_do_nothing()
        .returning(Bookmark.module_slug)
    )
    return added is not None
