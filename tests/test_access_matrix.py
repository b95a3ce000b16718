"""Who may do what: every operation of the OpenAPI document, tried by every kind of caller.

The table is the independent truth: it is written by hand and compared with the answers and
with the permissions on the views. Alice owns what the address names, and follows the path in
it. Mallory is another learner, `gone` was deactivated, Grace is an author of that path, Gus of
another one. `key` is a machine whose API key has the scope at the end of the row, `rest` are
machines with every other scope. A new kind of caller is one more column.
"""

# ruff: noqa: E501 - the table is wider than prose may be

from __future__ import annotations

import re
from itertools import count

import pytest

from learnpath.auth import recovery
from learnpath.extensions import db
from learnpath.paths.models import Author
from learnpath.permissions import SCOPES, Machine, Person
from learnpath.users import services as users

from .api import PREFIX
from .cast import CAST, PASSWORD

TABLE = """
                                                nobody gone mallory alice gus grace ada key rest scope
POST   /users/register                          201    201  201     201   201 201   201 201 201  -
POST   /users/login                             200    200  200     200   200 200   200 200 200  -
POST   /auth/refresh                            200    200  200     200   200 200   200 200 200  -
POST   /auth/logout                             401    401  204     204   204 204   204 403 403  -
POST   /auth/logout-all                         401    401  204     204   204 204   204 403 403  -
GET    /auth/sessions                           401    401  200     200   200 200   200 403 403  -
DELETE /auth/sessions/{session_id}              401    401  404     204   404 404   404 403 403  -
POST   /auth/password/forgot                    202    202  202     202   202 202   202 202 202  -
POST   /auth/password/reset                     204    204  204     204   204 204   204 204 204  -
POST   /auth/email/verify                       204    204  204     204   204 204   204 204 204  -
POST   /auth/email/resend                       202    202  202     202   202 202   202 202 202  -

GET    /users/                                  401    401  403     403   403 403   200 200 403  users:read
POST   /users/                                  401    401  403     403   403 403   201 403 403  -
GET    /users/me                                401    401  200     200   200 200   200 403 403  -
GET    /users/me/export                         401    401  200     200   200 200   200 403 403  -
GET    /users/{user_id}                         401    401  403     200   403 200   200 200 403  users:read
PUT    /users/{user_id}                         401    401  403     200   403 403   200 403 403  -
DELETE /users/{user_id}                         401    401  403     204   403 403   204 403 403  -
PATCH  /users/{user_id}/role                    401    401  403     403   403 403   200 403 403  -
PATCH  /users/{user_id}/status                  401    401  403     403   403 403   200 403 403  -
GET    /users/{user_id}/sessions                401    401  403     403   403 403   200 403 403  -

GET    /api-keys/                               401    401  403     403   403 403   200 403 403  -
POST   /api-keys/                               401    401  403     403   403 403   201 403 403  -
DELETE /api-keys/{key_id}                       401    401  403     403   403 403   204 403 403  -

GET    /paths                                   200    401  200     200   200 200   200 200 200  -
POST   /paths                                   401    401  403     403   201 201   201 201 403  catalogue:write
GET    /paths/{path}                            200    401  200     200   200 200   200 200 200  -
PATCH  /paths/{path}                            401    401  403     403   403 200   200 200 403  catalogue:write
DELETE /paths/{path}                            401    401  403     403   403 409   409 409 403  catalogue:write
GET    /paths/{path}/modules                    200    401  200     200   200 200   200 200 200  -
PUT    /paths/{path}/modules                    401    401  403     403   403 200   200 200 403  catalogue:write
POST   /paths/{path}/publish                    401    401  403     403   403 200   200 200 403  catalogue:write
POST   /paths/{path}/archive                    401    401  403     403   403 200   200 200 403  catalogue:write
GET    /paths/{path}/validate                   401    401  403     403   403 200   200 200 403  catalogue:write
GET    /modules                                 200    401  200     200   200 200   200 200 200  -
POST   /modules                                 401    401  403     403   201 201   201 201 403  catalogue:write
GET    /modules/{module}                        200    401  200     200   200 200   200 200 200  -
PATCH  /modules/{module}                        401    401  403     403   403 200   200 200 403  catalogue:write
DELETE /modules/{module}                        401    401  403     403   403 409   409 409 403  catalogue:write
POST   /modules/{module}/merge                  401    401  403     403   403 409   409 409 403  catalogue:write
GET    /stubs                                   401    401  403     403   200 200   200 200 403  catalogue:write

GET    /paths/{path}/enrollments                401    401  403     403   403 200   200 200 403  reports:read
POST   /paths/{path}/enrollments                401    401  201     200   201 201   201 404 403  enrollments:write
GET    /users/{user_id}/enrollments             401    401  403     200   403 403   200 200 403  progress:read
GET    /enrollments/{enrollment_id}             401    401  404     200   404 200   200 200 403  enrollments:write
PATCH  /enrollments/{enrollment_id}             401    401  404     403   404 200   200 200 403  enrollments:write
DELETE /enrollments/{enrollment_id}             401    401  404     204   404 204   204 204 403  enrollments:write
POST   /enrollments/bulk                        401    401  403     403   200 200   200 200 403  enrollments:write
POST   /enrollments/bulk/withdraw               401    401  403     403   200 200   200 200 403  enrollments:write

GET    /users/{user_id}/progress                401    401  403     200   403 200   200 200 403  progress:read
POST   /users/{user_id}/progress                401    401  403     200   403 403   200 200 403  progress:write
GET    /users/{user_id}/progress/events         401    401  403     200   403 200   200 200 403  progress:read
POST   /users/{user_id}/progress/events         401    401  403     200   403 200   200 200 403  progress:write
GET    /users/{user_id}/progress/{module}       401    401  403     200   403 200   200 200 403  progress:read
PUT    /users/{user_id}/progress/{module}       401    401  403     200   403 200   200 200 403  progress:write
DELETE /users/{user_id}/progress/{module}       401    401  403     200   403 200   200 200 403  progress:write
POST   /users/{user_id}/progress/{module}/waive 401    401  403     403   403 200   200 403 403  -
DELETE /users/{user_id}/progress/{module}/waive 401    401  403     403   403 200   200 403 403  -
POST   /users/{user_id}/progress/{module}/skip  401    401  403     200   403 200   200 200 403  progress:write
DELETE /users/{user_id}/progress/{module}/skip  401    401  403     200   403 200   200 200 403  progress:write
GET    /users/{user_id}/paths/{path}            401    401  403     200   403 200   200 200 403  progress:read
GET    /users/{user_id}/next                    401    401  403     200   403 200   200 200 403  progress:read
GET    /users/{user_id}/activity                401    401  403     200   403 200   200 200 403  progress:read
GET    /users/{user_id}/transcript              401    401  403     200   403 200   200 200 403  progress:read
GET    /paths/{path}/report                     401    401  403     403   403 200   200 200 403  reports:read
GET    /paths/{path}/learners                   401    401  403     403   403 200   200 200 403  reports:read
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
    "POST /api-keys/": lambda stage: {"name": "a robot", "scopes": ["users:read"]},
    "POST /paths": lambda stage: {"slug": f"new-{next(NUMBERS)}", "title": "New"},
    "PATCH /paths/{path}": lambda stage: {"title": "Another title"},
    "PUT /paths/{path}/modules": lambda stage: [{"module": stage.module}],
    "POST /modules": lambda stage: {"slug": f"new-{next(NUMBERS)}", "title": "New"},
    "PATCH /modules/{module}": lambda stage: {"title": "Another title"},
    "POST /modules/{module}/merge": lambda stage: {"into": "end"},
    "POST /paths/{path}/enrollments": lambda stage: {},
    "PATCH /enrollments/{enrollment_id}": lambda stage: {"note": "Please hurry."},
    "POST /enrollments/bulk": lambda stage: stage.whole_class(),
    "POST /enrollments/bulk/withdraw": lambda stage: stage.whole_class(),
    "POST /users/{user_id}/progress": lambda stage: {"module_id": "trees", "completed": True},
    "POST /users/{user_id}/progress/events": lambda stage: [
        {"id": "event-1", "module_id": stage.module, "occurred_at": "2026-01-01T00:00:00Z"}
    ],
    "PUT /users/{user_id}/progress/{module}": lambda stage: {"status": "completed"},
    "POST /users/{user_id}/progress/{module}/waive": lambda stage: {"reason": "Knows it."},
}

HEADER, *ROWS = (line.split() for line in TABLE.splitlines() if line.strip())
PEOPLE = HEADER[:7]
MATRIX = {
    f"{method} {address}": dict(zip(HEADER, answers, strict=True))
    for method, address, *answers in ROWS
}
REFUSALS = (401, 403, 404)
NUMBERED = ("user_id", "session_id", "key_id", "enrollment_id")
NOBODIES = ("nobody", "gone")
NUMBERS = count()
ROLES = CAST | {"gus": "instructor"}


def expected(operation):
    """Return what each caller is answered: people by name, machines by their scope."""
    row = MATRIX[operation]
    by_people = {name: int(row[name]) for name in PEOPLE}
    by_machines = {scope: int(row["key" if scope == row["scope"] else "rest"]) for scope in SCOPES}
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
        self.key = self.make.key("users:read")
        self.module = f"loops-{next(NUMBERS)}"
        self.path = self.teach(self.caller("grace"), self.module)
        asking = self.callers["alice"]
        self.session_id = asking.get("/auth/sessions")[0]["id"]
        joined = asking.post(f"/paths/{self.path}/enrollments", {}, expect=201)
        self.enrollment_id = joined["id"]
        asking.put(f"/users/me/progress/{self.module}", {"percent": 50})

    def teach(self, author, module):
        """Make a path of this author."""
        path = self.make.path(f"path-{next(NUMBERS)}", [{"slug": module, "required": False}, "end"])
        with self.app.app_context():
            db.session.add(Author(path_slug=path, user_id=author.person.id))
            db.session.commit()
        return path

    def whole_class(self):
        return {"paths": [self.path], "emails": [self.alice.email]}

    def caller(self, name):
        """Return an api that speaks as this caller, the same one every time."""
        if name not in self.callers:
            self.callers[name] = self.api.as_(self._caller(name))
            if name == "gus":
                self.teach(self.callers[name], "elsewhere")
        return self.callers[name]

    def _caller(self, name):
        if name in SCOPES:
            return self.make.key(name)
        person = self.make.user(f"{name}{next(NUMBERS)}", ROLES.get(name, "learner"))
        if name == "gone":
            with self.app.app_context():
                users.set_status(person.id, "deactivated")
                db.session.commit()
        return person

    def seen_as(self, name):
        """Return how the service sees this caller."""
        if name in SCOPES:
            return Machine(key_id=1, scopes=frozenset([name]))
        user_id = self.caller(name).person.id
        return Person(user_id=user_id, role=ROLES[name], session_id=1)

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

    def ask(self, who, operation, **instead):
        """Ask for an operation on what is Alice's, or on what is named `instead`."""
        method, address = operation.split()
        alices = {
            "user_id": self.alice.id,
            "session_id": self.session_id,
            "key_id": self.key.id,
            "enrollment_id": self.enrollment_id,
            "path": self.path,
            "module": self.module,
        }
        body = BODIES[operation](self) if operation in BODIES else None
        return self.caller(who).answer_to(method, address.format(**alices | instead), body)


@pytest.fixture
def stage(app, api, make):
    """A stage with Alice on it."""
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


def test_whoever_is_refused_changes_nothing_and_learns_nothing(app, stage):
    for who in (*PEOPLE, *SCOPES):
        stage.caller(who)
    before, wrong = rows_of(app), []
    for operation in MATRIX:
        missing = {name: 7654321 for name in NUMBERED if f"{{{name}}}" in operation}
        for who, status in expected(operation).items():
            if status in REFUSALS:
                answer = stage.ask(who, operation)
                if answer.status_code != status:
                    wrong.append(f"{who}: {operation} {answer.status}")
                if who != "alice" and told(answer) != told(stage.ask(who, operation, **missing)):
                    wrong.append(f"{who}: {operation} tells what is there")
        if rows_of(app) != before:
            wrong.append(f"{operation} changed something for who was refused")
            before = rows_of(app)
    assert not wrong


def told(answer):
    return answer.status_code, answer.get_json() | {"instance": None}


def test_whoever_may_is_let_in(stage):
    wrong = []
    for operation in MATRIX:
        for who, status in expected(operation).items():
            if status not in REFUSALS:
                answer = stage.ask(who, operation)
                if answer.status_code != status:
                    wrong.append(f"{who}: {operation} {answer.status}")
                if operation.startswith("POST /auth/logout"):
                    del stage.callers[who]
                if not operation.startswith("GET"):
                    stage.renew()
    assert not wrong


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


# Here the permission lets in, and the rule behind it looks closer.
FINER = {("PATCH /enrollments/{enrollment_id}", "alice")}


def test_the_permissions_on_the_views_say_the_same(app, stage):
    place = {"user_id": stage.alice.id, "path": stage.path, "module": stage.module}
    seen_as = {who: stage.seen_as(who) for who in (*PEOPLE, *SCOPES) if who not in NOBODIES}
    found, wrong = views(app), []
    for operation in MATRIX:
        permission, statuses = found[operation].permission, expected(operation)
        assert (permission is None) == (statuses["nobody"] != 401), operation
        if permission is None:
            continue
        for who, caller in seen_as.items():
            with app.test_request_context():
                may = permission.allows(caller, place)
            if may != (statuses[who] != 403 or (operation, who) in FINER):
                wrong.append(f"{who}: {operation} is for {permission}")
    assert not wrong


def views(app):
    """Return the handler of each operation, named as the document names it."""
    found = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX)
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in rule.methods if view else ():
            found[f"{method} {address}"] = getattr(view, method.lower(), None)
    return found
