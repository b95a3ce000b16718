"""Old hashes open the door once more, and are replaced on the way in."""

from threading import Barrier

import bcrypt
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from learnpath import passwords
from learnpath.db import db
from learnpath.users.models import User

from ..cast import PASSWORD
from ..concurrency import run_concurrently


def bcrypt_hash(password):
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


@pytest.fixture
def stored(app, alice):
    """Read the hash of Alice's password, or give her another: `stored("$2b$…")`."""

    def read_or_write(new_hash=None):
        with app.app_context():
            if new_hash:
                change = sa.update(User).where(User.id == alice.id)
                db.session.execute(change.values(password_hash=new_hash))
                db.session.commit()
            return db.session.scalar(sa.select(User.password_hash).where(User.id == alice.id))

    return read_or_write


def log_in(api, password, expect=200):
    credentials = {"email": "alice@example.org", "password": password}
    return api.post("/users/login", credentials, expect=expect)


def test_todays_hash_stays_as_it_is(api, stored):
    before = stored()
    log_in(api, PASSWORD)
    assert stored() == before


OLDER = {
    "less memory": PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD),
    "other passes": PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD),
    "more lanes": PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash(PASSWORD),
    "bcrypt": bcrypt_hash(PASSWORD),
    "bcrypt of PHP": bcrypt_hash(PASSWORD).replace("$2b$", "$2y$"),
    "bcrypt of old": bcrypt_hash(PASSWORD).replace("$2b$", "$2a$"),
}


@pytest.mark.parametrize("kind", OLDER)
def test_an_older_hash_is_upgraded_by_the_next_login(api, stored, kind):
    stored(OLDER[kind])
    log_in(api, PASSWORD)
    assert stored().startswith("$argon2id$v=19$m=8,t=1,p=1$")
    log_in(api, PASSWORD)
    log_in(api, "wrong", expect=401)


@pytest.mark.parametrize("kind", OLDER)
def test_a_wrong_password_upgrades_nothing(api, stored, kind):
    stored(OLDER[kind])
    log_in(api, "wrong", expect=401)
    assert stored() == OLDER[kind]


def test_an_upgrade_is_no_change_that_anybody_sees(api, alice, stored):
    stored(OLDER["bcrypt"])
    before = api.as_(alice).get("/users/me")
    log_in(api, PASSWORD)
    assert api.as_(alice).get("/users/me") == before


def test_two_simultaneous_logins_both_succeed_while_the_hash_is_upgraded(api, stored, monkeypatch):
    stored(OLDER["bcrypt"])
    both_have_verified = Barrier(2)
    hash_password = passwords.hash_password

    def hash_after_both(password):
        both_have_verified.wait(10)
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", hash_after_both)
    credentials = {"email": "alice@example.org", "password": PASSWORD}
    log_in_once = lambda: api.status_of("POST", "/users/login", credentials)  # noqa: E731
    assert run_concurrently(log_in_once, log_in_once) == [200, 200]
    assert stored().startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_an_imported_password_longer_than_bcrypt_reads_still_opens(api, stored):
    long = "ä" * 40  # 80 bytes
    stored(bcrypt_hash(long))
    log_in(api, long)
    log_in(api, long)
    log_in(api, long[:36], expect=401)  # from now on every character counts


@pytest.mark.parametrize("broken", ["", "!", "$2b$", "$2b$12$short", "$argon2id$", "plain text"])
def test_an_account_without_a_readable_hash_stays_shut(api, stored, broken):
    stored(broken or " ")
    log_in(api, PASSWORD, expect=401)
    log_in(api, broken or " ", expect=401)
