"""Who may do what: every operation of the OpenAPI document, tried by every kind of caller.

The table is the independent truth: it is written by hand and compared with the answers and
with the permissions on the views. Alice owns what the address names. `gone` was deactivated;
`key` is a machine whose API key has the scope at the end of the row, `others` are machines
with every other scope. A new kind of caller is one more column, and one more line in `Stage`.
"""

from __future__ import annotations

import re
from itertools import count

import pytest

from learnpath.auth import recovery
from learnpath.extensions import db
from learnpath.permissions import SCOPES, Machine, Person
from learnpath.users import services as users

from .api import PREFIX
from .cast import CAST, PASSWORD

TABLE = """
                                   nobody gone mallory alice grace ada  key  others scope
POST   /users/register             201    201  201     201   201   201  201  201    -
POST   /users/login                200    200  200     200   200   200  200  200    -
POST   /auth/refresh               200    200  200     200   200   200  200  200    -
POST   /auth/logout                401    401  204     204   204   204  403  403    -
POST   /auth/logout-all            401    401  204     204   204   204  403  403    -
GET    /auth/sessions              401    401  200     200   200   200  403  403    -
DELETE /auth/sessions/{session_id} 401    401  404     204   404   404  403  403    -
POST   /auth/password/forgot       202    202  202     202   202   202  202  202    -
POST   /auth/password/reset        204    204  204     204   204   204  204  204    -
POST   /auth/email/verify          204    204  204     204   204   204  204  204    -
POST   /auth/email/resend          202    202  202     202   202   202  202  202    -

GET    /users/                     401    401  403     403   403   200  200  403    users:read
POST   /users/                     401    401  403     403   403   201  403  403    -
GET    /users/me                   401    401  200     200   200   200  403  403    -
GET    /users/me/export            401    401  200     200   200   200  403  403    -
GET    /users/{user_id}            401    401  403     200   403   200  200  403    users:read
PUT    /users/{user_id}            401    401  403     200   403   200  403  403    -
DELETE /users/{user_id}            401    401  403     204   403   204  403  403    -
PATCH  /users/{user_id}/role       401    401  403     403   403   200  403  403    -
PATCH  /users/{user_id}/status     401    401  403     403   403   200  403  403    -
GET    /users/{user_id}/sessions   401    401  403     403   403   200  403  403    -
POST   /users/{user_id}/progress   401    401  403     200   403   200  200  403    progress:write

GET    /api-keys/                  401    401  403     403   403   200  403  403    -
POST   /api-keys/                  401    401  403     403   403   201  403  403    -
DELETE /api-keys/{key_id}          401    401  403     403   403   204  403  403    -

GET    /paths                      200    401  200     200   200   200  200  200    -
GET    /paths/{path}               200    401  200     200   200   200  200  200    -
GET    /paths/{path}/modules       200    401  200     200   200   200  200  200    -
GET    /modules                    200    401  200     200   200   200  200  200    -
GET    /modules/{module}           200    401  200     200   200   200  200  200    -
"""

BODIES = {
    "POST /users/register": lambda stage: stage.newcomer(),
    "POST /users/login": lambda stage: {"email": stage.alice.email, "password": PASSWORD},
    "POST /auth/refresh": lambda stage: {"refresh_token": stage.refresh_token},
    "POST /auth/password/forgot": lambda stage: {"email": stage.alice.email},
    "POST /auth/password/reset": lambda stage: {
        "token": stage.mailed_token(recovery.RESET),
        "password": "staple battery horse",
    },
    "POST /auth/email/verify": lambda stage: {"token": stage.mailed_token(recovery.VERIFY)},
    "POST /auth/email/resend": lambda stage: {"email": stage.alice.email},
    "POST /users/": lambda stage: stage.newcomer() | {"role": "admin"},
    "PUT /users/{user_id}": lambda stage: {"name": "Somebody Else"},
    "PATCH /users/{user_id}/role": lambda stage: {"role": "admin"},
    "PATCH /users/{user_id}/status": lambda stage: {"status": "deactivated"},
    "POST /users/{user_id}/progress": lambda stage: {"module_id": "trees", "completed": True},
    "POST /api-keys/": lambda stage: {"name": "a robot", "scopes": ["users:read"]},
}

HEADER, *ROWS = (line.split() for line in TABLE.splitlines() if line.strip())
PEOPLE = HEADER[:6]
MATRIX = {
    f"{method} {address}": dict(zip(HEADER, answers, strict=True))
    for method, address, *answers in ROWS
}
REFUSALS = (401, 403, 404)
NUMBERED = ("user_id", "session_id", "key_id")
NUMBERS = count()

every_operation = pytest.mark.parametrize("operation", MATRIX)


def expected(operation):
    """Return what each caller is answered: people by name, machines by their scope."""
    row = MATRIX[operation]
    by_people = {name: int(row[name]) for name in PEOPLE}
    by_machines = {
        scope: int(row["key" if scope == row["scope"] else "others"]) for scope in SCOPES
    }
    return by_people | by_machines


class Stage:
    """Alice with something of everything, and callers as they are needed."""

    def __init__(self, app, api, make):
        self.app, self.api, self.make = app, api, make
        self.callers = {"nobody": api}
        self.renew()

    def renew(self):
        """Put another Alice on the stage, to whom nothing has happened yet."""
        self.alice = self.make.user(f"alice{next(NUMBERS)}")
        self.callers["alice"] = self.api.as_(self.alice)
        self.session_id = self.callers["alice"].get("/auth/sessions")[0]["id"]
        self.key = self.make.key("users:read")

    def caller(self, name):
        """Return an api that speaks as this caller, the same one every time."""
        if name not in self.callers:
            self.callers[name] = self.api.as_(self._caller(name))
        return self.callers[name]

    def _caller(self, name):
        if name in SCOPES:
            return self.make.key(name)
        person = self.make.user(f"{name}{next(NUMBERS)}", CAST.get(name, "learner"))
        if name == "gone":
            with self.app.app_context():
                users.set_status(person.id, "deactivated")
                db.session.commit()
        return person

    @property
    def refresh_token(self):
        credentials = {"email": self.alice.email, "password": PASSWORD}
        return self.api.post("/users/login", credentials)["refresh_token"]

    def mailed_token(self, purpose):
        with self.app.app_context():
            token, _account = recovery.issue_token(purpose, self.alice.email)
            db.session.commit()
        return token

    def newcomer(self):
        return {"name": "New", "email": f"new{next(NUMBERS)}@example.org", "password": PASSWORD}

    def ask(self, who, operation, expect, **instead):
        """Ask for an operation on what is Alice's, or on what is named `instead`."""
        method, address = operation.split()
        alices = {
            "user_id": self.alice.id,
            "session_id": self.session_id,
            "key_id": self.key.id,
            "path": "python",
            "module": "loops",
        }
        body = {"json": BODIES[operation](self)} if operation in BODIES else {}
        ask = getattr(self.caller(who), method.lower())
        return ask(address.format(**alices | instead), expect=expect, **body)


@pytest.fixture
def stage(app, api, make):
    """A stage, and a path to read."""
    make.path("python", ["loops"])
    return Stage(app, api, make)


def rows_of(app):
    """Return every row of every table; that a key was used may always be noted."""
    with app.app_context():
        return {
            table.name: sorted(
                repr(dict(row) | {"last_used_at": None})
                for row in db.session.execute(table.select()).mappings()
            )
            for table in db.metadata.sorted_tables
        }


@every_operation
def test_whoever_is_refused_changes_nothing_and_learns_nothing(app, stage, operation):
    refused = {who: status for who, status in expected(operation).items() if status in REFUSALS}
    missing = {name: 7654321 for name in NUMBERED if f"{{{name}}}" in operation}
    for who in refused:
        stage.caller(who)
    before = rows_of(app)
    for who, status in refused.items():
        answer = stage.ask(who, operation, status)
        assert rows_of(app) == before, who
        if who != "alice":
            to_nobodys = stage.ask(who, operation, status, **missing)
            assert answer | {"instance": None} == to_nobodys | {"instance": None}, who


@every_operation
def test_whoever_may_is_let_in(stage, operation):
    for who, status in expected(operation).items():
        if status not in REFUSALS:
            stage.ask(who, operation, status)
            if not operation.startswith("GET"):
                stage.renew()


def test_every_operation_of_the_document_has_a_row(api):
    assert sorted(MATRIX) == sorted(
        f"{method.upper()} {address.removeprefix(PREFIX)}"
        for address, place in document(api)["paths"].items()
        for method in place.keys() - {"parameters"}
    )


def test_every_operation_that_takes_a_body_has_one_here(api):
    assert sorted(BODIES) == sorted(
        f"{method.upper()} {address.removeprefix(PREFIX)}"
        for address, place in document(api)["paths"].items()
        for method, operation in place.items()
        if "requestBody" in operation
    )


def document(api):
    return api.app.test_client().get("/openapi.json").get_json()


CALLERS = {
    "mallory": Person(user_id=2, role="learner", session_id=1),
    "alice": Person(user_id=1, role="learner", session_id=2),
    "grace": Person(user_id=3, role="instructor", session_id=3),
    "ada": Person(user_id=4, role="admin", session_id=4),
    **{scope: Machine(key_id=1, scopes=frozenset([scope])) for scope in SCOPES},
}


@every_operation
def test_the_permission_on_the_view_says_the_same(app, operation):
    permission = views(app)[operation].permission
    statuses = expected(operation)
    if permission is None:
        assert statuses["nobody"] < 300
        return
    assert statuses["nobody"] == statuses["gone"] == 401
    for who, caller in CALLERS.items():
        assert permission.allows(caller, {"user_id": 1}) == (statuses[who] != 403), who


def views(app):
    """Return the handler of each operation, named as the document names it."""
    found = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX)
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in rule.methods if view else ():
            found[f"{method} {address}"] = getattr(view, method.lower(), None)
    return found
