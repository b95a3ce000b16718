"""What happens to an account while its password is being checked, which takes a while."""

import pytest
import sqlalchemy as sa

from learnpath import passwords
from learnpath.auth.models import Session
from learnpath.db import db, reads
from learnpath.users import roles
from learnpath.users.models import DEACTIVATED, User

from ..cast import PASSWORD
from ..concurrency import run_during_transaction

ANOTHER = "four other random words"


def change_the_password(user_id):
    change = sa.update(User).where(User.id == user_id)
    db.session.execute(change.values(password_hash=passwords.hash_password(ANOTHER)))


def deactivate(user_id):
    roles.set_status(user_id, DEACTIVATED)


@pytest.fixture
def during_the_check(app, monkeypatch):
    """Do something and commit it while a password is being checked."""

    def during(act):
        check = passwords.verify

        def matches(*given):
            monkeypatch.setattr(passwords, "verify", check)
            with app.app_context():
                act()
                db.session.commit()
            return check(*given)

        monkeypatch.setattr(passwords, "verify", matches)

    return during


@pytest.fixture(params=[1, 2], ids=["hash of today", "hash to be upgraded"])
def passes(request, settings):
    """Ask for as many passes as Alice's hash has, or for more."""
    settings(PASSWORD_HASH_PASSES=request.param)


def sessions(app):
    with app.app_context():
        return set(reads.all(sa.select(Session.id)))


def log_in(api, person):
    return api.status_of("POST", "/users/login", {"email": person.email, "password": PASSWORD})


@pytest.mark.usefixtures("passes")
@pytest.mark.parametrize("change", [change_the_password, deactivate, roles.remove_user])
def test_who_changed_meanwhile_gets_no_session(api, alice, during_the_check, change):
    before = sessions(api.app)
    during_the_check(lambda: change(alice.id))
    assert log_in(api, alice) == 401
    assert sessions(api.app) <= before


def test_it_is_recorded_as_a_failure(api, alice, during_the_check, logged):
    during_the_check(lambda: change_the_password(alice.id))
    log_in(api, alice)
    recorded = [
        record.fields for record in logged.records if record.name == "learnpath.observability.audit"
    ]
    assert [(facts["event"], facts["user_id"]) for facts in recorded] == [
        ("login.failed", alice.id)
    ]


def test_a_change_that_is_not_committed_yet_is_waited_for(app, api, alice):
    if app.config["DATABASE_URL"].get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer, who waits in any case")
    before = sessions(app)
    assert (
        run_during_transaction(
            app, lambda: change_the_password(alice.id), lambda: log_in(api, alice)
        )
        == 401
    )
    assert sessions(app) <= before
