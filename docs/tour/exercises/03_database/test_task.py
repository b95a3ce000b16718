"""A bookmark is stored once, by one statement."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from .task import Base, Bookmark, keep_bookmark


@pytest.fixture
def engine():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session


def test_the_first_time_it_is_new(session):
    assert keep_bookmark(session, 7, "loops") is True


def test_the_second_time_it_is_not_and_nothing_is_added(session):
    keep_bookmark(session, 7, "loops")
    assert keep_bookmark(session, 7, "loops") is False
    assert session.scalar(sa.select(sa.func.count()).select_from(Bookmark)) == 1


def test_others_keep_their_own(session):
    keep_bookmark(session, 7, "loops")
    assert keep_bookmark(session, 8, "loops") is True


def test_it_takes_one_statement(engine, session):
    sent = []
    sa.event.listen(engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    keep_bookmark(session, 7, "loops")
    assert len(sent) == 1, sent
