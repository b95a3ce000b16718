"""On a fresh development service every operation works with its documented example as it stands."""

import json
import shutil
from pathlib import Path

import jsonschema_rs
import pytest
from flask_migrate import upgrade

from learnpath import create_app
from learnpath.auth.recovery import services
from learnpath.db import db
from tools import openapi_document

from .apps import SETTINGS
from .openapi_coverage import resolved

pytestmark = pytest.mark.exhaustive

DOCUMENT = json.loads(openapi_document.TARGET.read_text(encoding="utf-8"))
OPERATIONS = {
    f"{verb.upper()} {address.removeprefix('/api/v1')}": (operation, item.get("parameters", []))
    for address, item in DOCUMENT["paths"].items()
    for verb, operation in item.items()
    if verb != "parameters"
}
LEARNER, ADMIN = "learner@example.org", "admin@example.org"
# who may is a learner too, but this is for staff, or nothing that learners do
STAFF_ONLY = ("PATCH /enrollments/{enrollment_id}", "POST /users/{user_id}/progress/events")
A_STUB = {"module_id": "something-new", "completed": True}

# what has to come first: an operation with its own example, and the caller
MADE_FIRST = {
    "POST /users/login": ("POST /users/register", None),
    "PATCH /paths/{path}": ("POST /paths", ADMIN),
    "DELETE /paths/{path}": ("POST /paths", ADMIN),
    "POST /paths/{path}/archive": ("POST /paths", ADMIN),
    "PATCH /modules/{module}": ("POST /modules", ADMIN),
    "DELETE /modules/{module}": ("POST /modules", ADMIN),
    "GET /enrollments/{enrollment_id}": ("POST /paths/{path}/enrollments", LEARNER),
    "PATCH /enrollments/{enrollment_id}": ("POST /paths/{path}/enrollments", LEARNER),
    "DELETE /enrollments/{enrollment_id}": ("POST /paths/{path}/enrollments", LEARNER),
    "POST /users/{user_id}/progress/{module}/skip": ("POST /paths/{path}/enrollments", LEARNER),
    "GET /users/{user_id}/progress/{module}": ("PUT /users/{user_id}/progress/{module}", LEARNER),
    "DELETE /users/{user_id}/progress/{module}": (
        "PUT /users/{user_id}/progress/{module}",
        LEARNER,
    ),
    "DELETE /api-keys/{key_id}": ("POST /api-keys/", ADMIN),
    "POST /modules/{module}/merge": ("POST /users/{user_id}/progress", LEARNER),
}
# the token is not known beforehand
OWN_TOKEN = {
    "POST /auth/refresh": lambda service: {"refresh_token": service.log_in(LEARNER)[1]},
    "POST /auth/password/reset": lambda service: {"token": service.mailed(services.RESET)},
    "POST /auth/email/verify": lambda service: {"token": service.mailed(services.VERIFY)},
}


class Service:
    """The service as `make setup` leaves it, again for every operation."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "service.db"
        self.app = create_app({**SETTINGS, "DATABASE_URL": f"sqlite:///{self.file}"})
        with self.app.app_context():
            upgrade()
        run = self.app.test_cli_runner().invoke
        run(args=["seed"])
        printed = run(args=["users", "development-accounts"]).output
        rows = (line.split() for line in printed.splitlines())
        self.passwords = {email: password for _role, email, password in rows}
        self.close()
        self.pristine = self.file.read_bytes()

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def begin_anew(self) -> None:
        self.close()
        for part in self.file.parent.glob("service.db-*"):
            part.unlink()
        self.file.write_bytes(self.pristine)

    def log_in(self, email):
        """Return an access token and a refresh token."""
        credentials = {"email": email, "password": self.passwords[email]}
        tokens = self.app.test_client().post("/api/v1/users/login", json=credentials).json
        return tokens["access_token"], tokens["refresh_token"]

    def mailed(self, purpose):
        with self.app.app_context():
            token, _account = services.issue_token(purpose, LEARNER)
            db.session.commit()
        return token

    def try_out(self, name, who, body=None, elsewhere=None, **instead):
        """Ask for an operation with its examples, as the Execute button does."""
        operation, shared = OPERATIONS[name]
        verb, address = name.split()
        examples = examples_of([*shared, *operation.get("parameters", [])])
        content = operation.get("requestBody", {}).get("content", {})
        if content and body is None:
            body = content["application/json"]["example"]
        if instead:
            body = body | instead
        return self.app.test_client().open(
            "/api/v1" + address.format(**examples["path"] | (elsewhere or {})),
            method=verb,
            query_string=examples["query"],
            headers={"Authorization": f"Bearer {self.log_in(who)[0]}"} if who else {},
            json=body,
        )  # fmt: skip


def examples_of(parameters):
    """Return the examples by place and name; later ones go before earlier ones."""
    found = {"path": {}, "query": {}, "header": {}}
    for parameter in map(resolved, parameters):
        schema = parameter["schema"]
        example = parameter.get("example", schema.get("example"))
        if example is not None:
            shown = json.dumps(example) if isinstance(example, bool) else example
            found[parameter["in"]][parameter["name"]] = shown
    return found


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.close()
    shutil.rmtree(service.file.parent)


def right_person(name):
    who = OPERATIONS[name][0]["description"].rpartition("**Who may:** ")[2]
    if who == "anyone.":
        return None
    is_for_learners = "themselves" in who or "anyone logged in" in who
    return LEARNER if is_for_learners and name not in STAFF_ONLY else ADMIN


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_example_works_as_it_stands(service, name):
    service.begin_anew()
    if name in MADE_FIRST:
        first, who = MADE_FIRST[name]
        body = A_STUB if name.endswith("/merge") else None
        assert service.try_out(first, who, body).status_code < 300
    own = OWN_TOKEN[name](service) if name in OWN_TOKEN else {}
    answer = service.try_out(name, right_person(name), **own)
    assert answer.status_code < 300, answer.text
    documented = resolved(OPERATIONS[name][0]["responses"][str(answer.status_code)])
    if "content" in documented:
        schema = documented["content"]["application/json"]["schema"]
        whole = {**schema, "components": DOCUMENT["components"]}
        assert jsonschema_rs.Draft202012Validator(whole).is_valid(answer.json)


@pytest.mark.parametrize("name", MADE_FIRST)
def test_an_example_that_needs_something_first_says_so(name):
    assert "The example " in OPERATIONS[name][0]["description"]


@pytest.mark.parametrize("name", OWN_TOKEN)
def test_an_example_that_needs_a_token_of_ones_own_says_so(name):
    assert "The example only shows the form" in OPERATIONS[name][0]["description"]


def test_an_example_of_an_offline_event_is_applied(service):
    service.begin_anew()
    answer = service.try_out("POST /users/{user_id}/progress/events", ADMIN)
    assert [item["result"] for item in answer.json] == ["applied"]


NOBODY = {
    "user-not-found": {"user_id": 7654321},
    "path-not-found": {"path": "no-such-path"},
    "module-not-found": {"module": "no-such-module"},
}
MISSING = [
    (name, problem)
    for name, (operation, _parameters) in OPERATIONS.items()
    for problem, (place,) in NOBODY.items()
    if problem in str(operation["responses"]) and f"{{{place}}}" in name
]


@pytest.mark.parametrize(("name", "problem"), MISSING)
def test_what_is_documented_as_missing_is_missed(service, name, problem):
    service.begin_anew()
    answer = service.try_out(name, ADMIN, elsewhere=NOBODY[problem])
    assert answer.status_code == 404
    assert answer.json["type"] == f"/problems/{problem}"
