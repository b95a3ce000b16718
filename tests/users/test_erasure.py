"""Deleting an account erases every personal trace; what others depend on stays sound."""

import pytest
import sqlalchemy as sa

from learnpath.auth.recovery import services
from learnpath.db import db
from learnpath.enrollments import invitations
from learnpath.mail import services as mail
from learnpath.modules.models import UNCATALOGUED, Module
from learnpath.paths.models import Author
from learnpath.users.models import User

PASSWORD = "correct horse battery"
FAR = 6_000_000  # ids from here on are found nowhere by chance


@pytest.fixture
def emails(settings, tmp_path):
    """A folder that emails are sent into."""
    settings(MAIL_URL=tmp_path.as_uri(), MAIL_SENDER="command", RESETS_PER_ACCOUNT="50 per hour")
    return tmp_path


def number_from(app, *tables):
    """Let the ids of these tables go on far from every other number."""
    with app.app_context():
        for step, table in enumerate(tables):
            last = FAR + 100_000 * step
            if db.engine.dialect.name == "postgresql":
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                db.session.execute(
                    sa.text(f"SELECT setval({sequence}, greatest({last}, nextval({sequence})))")
                )
            else:
                db.session.execute(
                    sa.text(
                        f"UPDATE sqlite_sequence SET seq = max(seq, {last}) WHERE name = '{table}'"
                    )
                )
        db.session.commit()


def everything(app):
    """Return the rows of all tables as one text, each row a line."""
    with app.app_context():
        return "\n".join(
            f"{table.name} {dict(row)}"
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select()).mappings()
        )


def deliver(app):
    with app.app_context():
        mail.deliver()
        db.session.remove()


class Zelda:
    """A user with data everywhere, in words that no other user has."""

    name = "Zelda Quux"
    email = "zelda.quux@example.org"
    later_email = "zelda.later@example.org"

    def __init__(self, app, api):
        self.app, self.api = app, api
        new = {"name": self.name, "email": self.email, "password": PASSWORD}
        self.id = api.post("/users/register", new, expect=201)["id"]
        deliver(app)
        self.tokens = [self.log_in(f"phone of {number}") for number in range(2)]
        self.tokens.append(
            api.post("/auth/refresh", {"refresh_token": self.tokens[0]["refresh_token"]})
        )
        self.with_token = {"Authorization": f"Bearer {self.tokens[2]['access_token']}"}
        self.sessions = [row["id"] for row in self.get("/auth/sessions")]

    def log_in(self, device, email=None):
        credentials = {"email": email or self.email, "password": PASSWORD}
        return self.api.post("/users/login", credentials, headers={"User-Agent": device})

    def get(self, url):
        return self.api.get(url, headers=self.with_token)

    def put(self, **changes):
        self.api.put("/users/me", changes, headers=self.with_token)

    def report(self, *slugs, completed=True):
        for slug in slugs:
            self.api.post(
                "/users/me/progress",
                {"module_id": slug, "completed": completed},
                headers=self.with_token,
            )

    def ask_for_emails(self):
        for address in ("/auth/password/forgot", "/auth/email/resend"):
            self.api.post(address, {"email": self.email}, expect=202)

    def leave(self):
        self.api.delete("/users/me", headers=self.with_token, expect=204)

    def traces(self):
        """Return what would give her away: words, numbers and tokens."""
        tokens = [pair[name] for pair in self.tokens for name in ("access_token", "refresh_token")]
        parts = [part for token in tokens for part in token.split(".") if len(part) > 40]
        numbers = map(str, (self.id, *self.sessions))
        return [self.name, self.email, "Quux", "phone of", *tokens, *parts, *numbers]


@pytest.fixture
def zelda(app, api, ada, make, emails):
    """Zelda has an account, devices, a path, progress, emails and open proofs."""
    number_from(app, "users", "sessions")
    zelda = Zelda(app, api)
    make.path("python", ["loops"])
    about_her = {"user_id": zelda.id, "note": "Zelda Quux should hurry"}
    api.as_(ada).post("/paths/python/enrollments", about_her, expect=201)
    zelda.report("zeldas-own-module", "zeldas-other-module")
    zelda.ask_for_emails()
    deliver(app)
    zelda.ask_for_emails()
    with app.app_context():
        services.issue_token(services.RESET, zelda.email)
        db.session.commit()
    wrong = {"email": zelda.email, "password": "not my password"}
    api.post("/users/login", wrong, expect=401)
    return zelda


def test_the_search_finds_somebody_who_is_there(app, zelda):
    found = everything(app)
    assert zelda.id >= FAR
    for trace in (zelda.name, zelda.email, "phone of", *map(str, (zelda.id, *zelda.sessions))):
        assert trace in found


def test_nothing_gives_me_away_when_i_am_gone(app, zelda):
    zelda.leave()
    found = everything(app)
    for trace in zelda.traces():
        assert trace not in found
    assert "zelda" not in found.lower()


def test_nothing_gives_me_away_when_an_admin_deletes_me(app, api, ada, zelda):
    api.as_(ada).delete(f"/users/{zelda.id}")
    found = everything(app)
    for trace in zelda.traces():
        assert trace not in found


def test_an_invitation_to_my_address_goes_with_me(app, ada, zelda):
    with app.app_context():
        invitations.invite(zelda.email, "python", by=ada.id, note="Dear Zelda")
        db.session.commit()
    zelda.leave()
    assert "zelda" not in everything(app).lower()


def test_an_address_that_i_had_before_is_forgotten_too(app, zelda):
    zelda.put(email=zelda.later_email, current_password=PASSWORD)
    zelda.leave()
    assert "zelda" not in everything(app).lower()


def test_an_address_is_forgotten_where_the_password_changed_with_it(app, zelda):
    zelda.put(email=zelda.later_email, password="battery staple horse", current_password=PASSWORD)
    zelda.leave()
    assert "zelda" not in everything(app).lower()


def test_an_email_that_was_asked_for_afterwards_is_not_kept(app, zelda, emails):
    zelda.leave()
    before = len(list(emails.iterdir()))
    zelda.ask_for_emails()
    deliver(app)
    assert len(list(emails.iterdir())) == before
    assert "zelda" not in everything(app).lower()


def test_who_is_gone_cannot_come_back_by_any_token(api, zelda):
    zelda.leave()
    for tokens in zelda.tokens:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        api.get("/users/me", headers=bearer, expect=401)
        api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)
    api.post("/users/login", {"email": zelda.email, "password": PASSWORD}, expect=401)


def test_the_address_is_free_and_the_id_is_not(app, api, zelda):
    zelda.leave()
    again = Zelda(app, api)
    assert again.id > zelda.id
    assert again.get("/users/me")["progress"] == {}
    bearer = {"Authorization": f"Bearer {zelda.tokens[2]['access_token']}"}
    api.get("/users/me", headers=bearer, expect=401)


# What others depend on.


def stubs(app):
    with app.app_context():
        introduced = sa.select(Module.slug, Module.reported_by)
        return dict(db.session.execute(introduced.where(Module.status == UNCATALOGUED)).all())


def test_a_stub_that_others_use_stays_without_my_name(app, api, alice, zelda):
    report = {"module_id": "zeldas-own-module", "completed": True}
    api.as_(alice).post("/users/me/progress", report)
    zelda.leave()
    assert stubs(app) == {"zeldas-own-module": None}
    assert api.as_(alice).get("/users/me")["progress"] == {"zeldas-own-module": True}
    assert api.as_(alice).post("/users/me/progress", report)["changed"] is False


def test_a_stub_of_somebody_else_stays(app, api, alice, zelda):
    api.as_(alice).post("/users/me/progress", {"module_id": "trees", "completed": True})
    zelda.report("trees")
    zelda.leave()
    assert stubs(app) == {"trees": alice.id}


def test_a_stub_that_only_i_still_use_goes_with_me(app, api, alice, zelda):
    report = {"module_id": "trees", "completed": True}
    api.as_(alice).post("/users/me/progress", report)
    zelda.report("trees")
    api.as_(alice).delete("/users/me")
    assert stubs(app)["trees"] is None
    zelda.leave()
    assert stubs(app) == {}


def test_modules_and_paths_of_the_catalogue_stay(app, api, zelda):
    zelda.report("loops")
    with app.app_context():
        db.session.add(Author(path_slug="python", user_id=zelda.id))
        db.session.commit()
    zelda.leave()
    assert api.get("/paths/python")["authors"] == []
    assert api.get("/modules/loops")["slug"] == "loops"


def test_others_keep_everything_that_is_theirs(app, api, alice, zelda):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    before = api.as_(alice).get("/users/me/export")
    zelda.leave()
    assert api.as_(alice).get("/users/me/export") == before


def test_a_key_that_i_made_works_on_without_my_name(app, api, ada, alice, zelda):
    api.as_(ada).patch(f"/users/{zelda.id}/role", {"role": "admin"})
    new = {"name": "robot", "scopes": ["users:read"]}
    key = api.post("/api-keys", new, headers=zelda.with_token, expect=201)["key"]
    zelda.leave()
    assert str(zelda.id) not in everything(app)
    with_key = {"Authorization": f"Bearer {key}"}
    assert api.get(f"/users/{alice.id}", headers=with_key)["id"] == alice.id


def test_no_row_points_to_somebody_who_is_gone(app, zelda):
    zelda.leave()
    with app.app_context():
        ids = set(db.session.scalars(sa.select(User.id)))
        for table in db.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column.table is User.__table__:
                    pointed_at = set(db.session.scalars(sa.select(key.parent)))
                    assert pointed_at <= ids | {None}, table.name
