"""Who may do what: every operation of the OpenAPI document, tried by every kind of caller."""

# The table is written by hand. It is compared with the responses and with the permissions on the
# views. Alice owns what the URL names. `teacher` is an author of the path that Alice follows, and
# Grace of another path. `gone` is deactivated. `key` is an API key with the scope at the end of the
# row, `others` are API keys with every other scope. A new kind of caller is a new column, and a new
# line in `Stage`.

from __future__ import annotations

import re
from itertools import count

import pytest

from learnpath import clock
from learnpath.auth.recovery import services
from learnpath.clock import rfc3339
from learnpath.db import db
from learnpath.paths.models import Author
from learnpath.permissions import SCOPES, ApiClient, UserCaller
from learnpath.users import roles

from .cast import CAST, PASSWORD
from .client import PREFIX

pytestmark = pytest.mark.exhaustive

TABLE = """
                                              nobody gone mallory alice teacher grace ada  key  others scope
POST   /users/register                         201    201  201     201   201     201   201  201  201    -
POST   /users/login                            200    200  200     200   200     200   200  200  200    -
POST   /auth/refresh                           200    200  200     200   200     200   200  200  200    -
POST   /auth/logout                            401    401  204     204   204     204   204  403  403    -
POST   /auth/logout-all                        401    401  204     204   204     204   204  403  403    -
GET    /auth/sessions                          401    401  200     200   200     200   200  403  403    -
DELETE /auth/sessions/{session_id}             401    401  404     204   404     404   404  403  403    -
POST   /auth/password/forgot                   202    202  202     202   202     202   202  202  202    -
POST   /auth/password/reset                    204    204  204     204   204     204   204  204  204    -
POST   /auth/email/verify                      204    204  204     204   204     204   204  204  204    -
POST   /auth/email/resend                      202    202  202     202   202     202   202  202  202    -

GET    /users/                                 401    401  403     403   403     403   200  200  403    users:read
POST   /users/                                 401    401  403     403   403     403   201  403  403    -
GET    /users/me                               401    401  200     200   200     200   200  403  403    -
GET    /users/me/export                        401    401  200     200   200     200   200  403  403    -
GET    /users/{user_id}                        401    401  403     200   200     403   200  200  403    users:read
PUT    /users/{user_id}                        401    401  403     200   403     403   200  403  403    -
DELETE /users/{user_id}                        401    401  403     204   403     403   204  403  403    -
PATCH  /users/{user_id}/role                   401    401  403     403   403     403   200  403  403    -
PATCH  /users/{user_id}/status                 401    401  403     403   403     403   200  403  403    -
GET    /users/{user_id}/sessions               401    401  403     403   403     403   200  403  403    -
POST   /users/{user_id}/progress               401    401  403     200   403     403   200  200  403    progress:write

GET    /api-keys/                              401    401  403     403   403     403   200  403  403    -
POST   /api-keys/                              401    401  403     403   403     403   201  403  403    -
DELETE /api-keys/{key_id}                      401    401  403     403   403     403   204  403  403    -

GET    /paths                                  200    401  200     200   200     200   200  200  200    -
GET    /paths/{path}                           200    401  200     200   200     200   200  200  200    -
GET    /paths/{path}/modules                   200    401  200     200   200     200   200  200  200    -
GET    /modules                                200    401  200     200   200     200   200  200  200    -
GET    /modules/{module}                       200    401  200     200   200     200   200  200  200    -

POST   /paths                                  401    401  403     403   201     201   201  201  403    catalogue:write
PATCH  /paths/{path}                           401    401  403     403   200     403   200  200  403    catalogue:write
DELETE /paths/{path}                           401    401  403     403   204     403   204  204  403    catalogue:write
PUT    /paths/{path}/modules                   401    401  403     403   200     403   200  200  403    catalogue:write
POST   /paths/{path}/publish                   401    401  403     403   200     403   200  200  403    catalogue:write
POST   /paths/{path}/archive                   401    401  403     403   200     403   200  200  403    catalogue:write
GET    /paths/{path}/validate                  401    401  403     403   200     403   200  200  403    catalogue:write
POST   /modules                                401    401  403     403   201     201   201  201  403    catalogue:write
PATCH  /modules/{module}                       401    401  403     403   200     403   200  200  403    catalogue:write
DELETE /modules/{module}                       401    401  403     403   204     403   204  204  403    catalogue:write
POST   /modules/{module}/merge                 401    401  403     403   200     200   200  200  403    catalogue:write
GET    /stubs                                  401    401  403     403   200     200   200  200  403    catalogue:write

GET    /paths/{path}/enrollments               401    401  403     403   200     403   200  200  403    reports:read
POST   /paths/{path}/enrollments               401    401  403     200   200     403   200  200  403    enrollments:write
GET    /users/{user_id}/enrollments            401    401  403     200   403     403   200  200  403    progress:read
GET    /enrollments/{enrollment_id}            401    401  404     200   200     404   200  200  403    enrollments:write
PATCH  /enrollments/{enrollment_id}            401    401  404     403   200     404   200  200  403    enrollments:write
DELETE /enrollments/{enrollment_id}            401    401  404     204   204     404   204  204  403    enrollments:write
POST   /enrollments/bulk                       401    401  403     403   200     200   200  200  403    enrollments:write
POST   /enrollments/bulk/withdraw              401    401  403     403   200     200   200  200  403    enrollments:write

GET    /users/{user_id}/progress               401    401  403     200   200     403   200  200  403    progress:read
GET    /users/{user_id}/progress/{module}      401    401  403     200   200     403   200  200  403    progress:read
PUT    /users/{user_id}/progress/{module}      401    401  403     200   200     403   200  200  403    progress:write
DELETE /users/{user_id}/progress/{module}      401    401  403     200   200     403   200  200  403    progress:write
POST   /users/{user_id}/progress/{module}/waive 401    401  403     403   200     403   200  403  403    -
DELETE /users/{user_id}/progress/{module}/waive 401    401  403     403   200     403   200  403  403    -
POST   /users/{user_id}/progress/{module}/skip 401    401  403     200   200     403   200  200  403    progress:write
DELETE /users/{user_id}/progress/{module}/skip 401    401  403     200   200     403   200  200  403    progress:write
GET    /users/{user_id}/progress/events        401    401  403     200   200     403   200  200  403    progress:read
POST   /users/{user_id}/progress/events        401    401  403     200   200     403   200  200  403    progress:write
GET    /users/{user_id}/paths/{path}           401    401  403     200   200     403   200  200  403    progress:read
GET    /users/{user_id}/next                   401    401  403     200   200     403   200  200  403    progress:read
GET    /users/{user_id}/activity               401    401  403     200   200     403   200  200  403    progress:read
GET    /users/{user_id}/transcript             401    401  403     200   200     403   200  200  403    progress:read

GET    /paths/{path}/report                    401    401  403     403   200     403   200  200  403    reports:read
GET    /paths/{path}/learners                  401    401  403     403   200     403   200  200  403    reports:read
"""

BODIES = {
    "POST /users/register": lambda stage: stage.newcomer(),
    "POST /users/login": lambda stage: {"email": stage.alice.email, "password": PASSWORD},
    "POST /auth/refresh": lambda stage: {"refresh_token": stage.refresh_token},
    "POST /auth/password/forgot": lambda stage: {"email": stage.alice.email},
    "POST /auth/password/reset": lambda stage: {
        "token": stage.mailed_token(services.RESET),
        "password": "staple battery horse",
    },
    "POST /auth/email/verify": lambda stage: {"token": stage.mailed_token(services.VERIFY)},
    "POST /auth/email/resend": lambda stage: {"email": stage.alice.email},
    "POST /users/": lambda stage: stage.newcomer() | {"role": "admin"},
    "PUT /users/{user_id}": lambda stage: {"name": "Somebody Else"},
    "PATCH /users/{user_id}/role": lambda stage: {"role": "admin"},
    "PATCH /users/{user_id}/status": lambda stage: {"status": "deactivated"},
    "POST /users/{user_id}/progress": lambda stage: {"module_id": "trees", "completed": True},
    "POST /api-keys/": lambda stage: {"name": "a robot", "scopes": ["users:read"]},
    "POST /paths": lambda stage: {"slug": f"path-{next(NUMBERS)}", "title": "New"},
    "PATCH /paths/{path}": lambda stage: {"title": f"Python {next(NUMBERS)}"},
    "PUT /paths/{path}/modules": lambda stage: [{"module": "loops"}, stage.bonus],
    "POST /modules": lambda stage: {"slug": f"module-{next(NUMBERS)}", "title": "New"},
    "PATCH /modules/{module}": lambda stage: {"title": f"Loops {next(NUMBERS)}"},
    "POST /modules/{module}/merge": lambda stage: {"into": "loops"},
    "POST /paths/{path}/enrollments": lambda stage: {"user_id": stage.alice.id},
    "PATCH /enrollments/{enrollment_id}": lambda stage: {"note": f"Note {next(NUMBERS)}"},
    "POST /enrollments/bulk": lambda stage: stage.a_class(),
    "POST /enrollments/bulk/withdraw": lambda stage: stage.a_class(),
    "PUT /users/{user_id}/progress/{module}": lambda stage: {"percent": 50},
    "POST /users/{user_id}/progress/{module}/waive": lambda stage: {"reason": "knows it"},
    "POST /users/{user_id}/progress/events": lambda stage: [
        {"id": f"event-{next(NUMBERS)}", "module_id": "loops", "occurred_at": stage.now()}
    ],
}
# An operation that deletes its object gets a new one for each caller.
USED_UP = {
    "DELETE /paths/{path}": lambda stage: {"path": stage.another_path()},
    "POST /paths/{path}/archive": lambda stage: {"path": stage.another_path()},
    "DELETE /modules/{module}": lambda stage: {"module": stage.another_module()},
    "POST /modules/{module}/merge": lambda stage: {"module": stage.another_stub()},
}
OPTIONAL = ("POST /users/{user_id}/progress/{module}/skip",)
DECIDED_BY_THE_BODY = ("POST /paths/{path}/enrollments", "PATCH /enrollments/{enrollment_id}")

HEADER, *ROWS = (line.split() for line in TABLE.splitlines() if line.strip())
PEOPLE = HEADER[:7]
MATRIX = {
    f"{method} {address}": dict(zip(HEADER, answers, strict=True))
    for method, address, *answers in ROWS
}
REFUSALS = (401, 403, 404)
NUMBERED = ("user_id", "session_id", "key_id", "enrollment_id")
NUMBERS = count()

every_operation = pytest.mark.parametrize("operation", MATRIX)


def expected(operation):
    """Return the status for each caller: users by name, API keys by their scope."""
    row = MATRIX[operation]
    by_people = {name: int(row[name]) for name in PEOPLE}
    by_machines = {
        scope: int(row["key" if scope == row["scope"] else "others"]) for scope in SCOPES
    }
    return by_people | by_machines


class Stage:
    """Alice with one object of each kind, and the callers."""

    def __init__(self, app, api, make):
        self.app, self.api, self.make = app, api, make
        self.callers = {"nobody": api}
        self.teacher = make.user(f"teacher{next(NUMBERS)}", "instructor")
        self.callers["teacher"] = api.as_(self.teacher)
        self.bonus = {"module": "bonus", "required": False}
        make.path("python", ["loops", {"slug": "bonus", "required": False}])
        self.give_to_the_teacher("python")
        self.renew()

    def renew(self):
        """Create another Alice with new objects."""
        self.alice = self.make.user(f"alice{next(NUMBERS)}")
        self.callers["alice"] = self.api.as_(self.alice)
        self.session_id = self.callers["alice"].get("/auth/sessions")[0]["id"]
        self.key = self.make.key("users:read")
        alice = self.callers["alice"]
        self.enrollment_id = alice.post("/paths/python/enrollments", {}, expect=201)["id"]
        alice.post("/users/me/progress", {"module_id": "loops", "completed": False})

    def give_to_the_teacher(self, path):
        with self.app.app_context():
            db.session.add(Author(path_slug=path, user_id=self.teacher.id))
            db.session.commit()

    def another_path(self):
        slug = self.make.path(f"path-{next(NUMBERS)}", ["loops"])
        self.give_to_the_teacher(slug)
        return slug

    def another_module(self):
        return self.make.module(f"module-{next(NUMBERS)}", created_by=self.teacher.id)

    def another_stub(self):
        return self.make.module(f"stub-{next(NUMBERS)}", status="uncatalogued")

    def a_class(self):
        return {"paths": ["python"], "emails": [self.alice.email]}

    @staticmethod
    def now():
        return rfc3339(clock.now())

    def caller(self, name):
        """Return a client of this caller, the same one every time."""
        if name not in self.callers:
            self.callers[name] = self.api.as_(self._caller(name))
        return self.callers[name]

    def _caller(self, name):
        if name in SCOPES:
            return self.make.key(name)
        person = self.make.user(f"{name}{next(NUMBERS)}", CAST.get(name, "learner"))
        if name == "gone":
            with self.app.app_context():
                roles.set_status(person.id, "deactivated")
                db.session.commit()
        return person

    @property
    def refresh_token(self):
        credentials = {"email": self.alice.email, "password": PASSWORD}
        return self.api.post("/users/login", credentials)["refresh_token"]

    def mailed_token(self, purpose):
        with self.app.app_context():
            token, _account = services.issue_token(purpose, self.alice.email)
            db.session.commit()
        return token

    def newcomer(self):
        return {"name": "New", "email": f"new{next(NUMBERS)}@example.org", "password": PASSWORD}

    def ask(self, who, operation, expect, **instead):
        """Request an operation on the objects of Alice, or on those in `instead`."""
        method, address = operation.split()
        alices = {
            "user_id": self.alice.id,
            "session_id": self.session_id,
            "key_id": self.key.id,
            "enrollment_id": self.enrollment_id,
            "path": "python",
            "module": "bonus" if operation in OPTIONAL else "loops",
        }
        if operation in USED_UP and expect not in REFUSALS:
            alices |= USED_UP[operation](self)
        body = {"json": BODIES[operation](self)} if operation in BODIES else {}
        ask = getattr(self.caller(who), method.lower())
        return ask(address.format(**alices | instead), expect=expect, **body)


@pytest.fixture
def stage(app, api, make):
    """Alice, her objects and all callers."""
    return Stage(app, api, make)


def rows_of(app):
    """Return every row of every table, without the time when a key was last used."""
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


@every_operation
def test_the_permission_on_the_view_says_the_same(app, stage, operation):
    permission = views(app)[operation].permission
    statuses = expected(operation)
    if permission is None:
        assert statuses["nobody"] < 300
        return
    assert statuses["nobody"] == statuses["gone"] == 401
    place = {"user_id": stage.alice.id, "path": "python", "module": "loops"}
    if operation in USED_UP:
        place |= USED_UP[operation](stage)
    for who in (*PEOPLE[2:], *SCOPES):
        with app.test_request_context():
            is_let_in = permission.allows(as_caller(stage, who), place)
        if operation not in DECIDED_BY_THE_BODY:
            assert is_let_in == (statuses[who] != 403), who
        elif not is_let_in:
            assert statuses[who] == 403, who


def as_caller(stage, who):
    if who in SCOPES:
        return ApiClient(key_id=1, scopes=frozenset([who]))
    role = {"teacher": "instructor"}.get(who) or CAST.get(who, "learner")
    return UserCaller(user_id=stage.caller(who).person.id, role=role, session_id=1)


def views(app):
    """Return the handler of each operation, with its name in the OpenAPI document."""
    found = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX)
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in rule.methods if view else ():
            found[f"{method} {address}"] = getattr(view, method.lower(), None)
    return found
