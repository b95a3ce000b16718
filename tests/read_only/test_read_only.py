"""READ_ONLY: people who are logged in go on reading, and not a byte is written."""

import pytest

from tests.client import Api
from tests.database_dump import dump_database
from tests.openapi_coverage import document

# what the addresses of the document name, for Ada, who may see everything
PLACE = {"user_id": "me", "path": "python", "module": "loops"}
NUMBERS = dict.fromkeys(("session_id", "key_id", "enrollment_id"), 1)


def operations(*verbs):
    """Return (verb, address) of every operation of the document with one of these verbs."""
    paths = document()["paths"].items()
    return [(verb, url) for url, known in paths for verb in known if verb in verbs]


@pytest.fixture
def everything(app, make, ada, alice):
    """There is a path with a module, and Ada and Alice follow it."""
    make.path("python", ["loops"])
    for person in (ada, alice):
        Api(app).as_(person).put("/users/me", {"learning_path": "python"})
        Api(app).as_(person).post("/users/me/progress", {"module_id": "loops", "completed": True})


def ask(app, verb, address, person=None):
    url = address.format(**PLACE, **NUMBERS)
    return Api(app, person).answer_to(verb.upper(), url.removeprefix("/api/v1"), {})


@pytest.mark.usefixtures("everything")
def test_every_write_is_refused_and_nothing_is_written(app, ada, settings):
    writes = operations("post", "put", "patch", "delete")
    assert len(writes) > 20
    before = dump_database(app)
    settings(READ_ONLY=True)
    for person in (None, ada):
        for verb, address in writes:
            answer = ask(app, verb, address, person)
            assert answer.status_code == 503, (verb, address)
            assert answer.json["type"] == "/problems/read-only"
            assert answer.headers["Retry-After"] == "60"
    assert dump_database(app) == before


@pytest.mark.usefixtures("everything")
def test_every_reading_goes_on_and_writes_nothing(app, ada, settings):
    reads = operations("get")
    usual = [ask(app, *read, ada).status_code for read in reads]
    before = dump_database(app)
    settings(READ_ONLY=True)
    assert [ask(app, *read, ada).status_code for read in reads] == usual
    assert usual.count(200) > 15
    assert dump_database(app) == before


def test_a_machine_reads_and_its_visit_is_not_noted(app, make, alice, settings):
    key = make.key("users:read")
    before = dump_database(app)
    settings(READ_ONLY=True)
    assert Api(app, key).get(f"/users/{alice.id}")["name"] == "Alice"
    assert dump_database(app) == before
    settings(READ_ONLY=False)
    Api(app, key).get(f"/users/{alice.id}")
    assert dump_database(app) != before


@pytest.mark.usefixtures("mailbox")
def test_emails_wait(app, api, alice, settings):
    def deliver():
        return app.test_cli_runner().invoke(args=["mail", "deliver"]).output

    api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    before = dump_database(app)
    settings(READ_ONLY=True)
    assert deliver() == "0 sent, 1 waiting\n"
    assert dump_database(app) == before
    settings(READ_ONLY=False)
    assert "1 sent, 0 waiting" in deliver()


def test_what_is_not_there_is_still_not_there(app, settings):
    settings(READ_ONLY=True)
    assert ask(app, "POST", "/nothing").status_code == 404
    assert ask(app, "DELETE", "/paths").status_code == 405


def test_the_health_says_so(app, settings):
    settings(READ_ONLY=True)
    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.json["read_only"]) == (200, True)
