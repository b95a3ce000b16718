"""When the database refuses, clients get 503 with Retry-After, and nothing is half done."""

import threading
import time

import pytest
import sqlalchemy as sa

from learnpath.db import db
from tests.client import Api

LOOPS = {"module_id": "loops", "completed": True}
LOCK_THE_RECORD = sa.text("SELECT 1 FROM progress FOR UPDATE")
LOCK_THE_LEARNER = sa.text("SELECT 1 FROM users FOR UPDATE")


def asked_later(answer):
    """Tell whether the client was asked to come again."""
    assert answer.json["type"] == "/problems/unavailable", answer.json
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1


@pytest.fixture
def report_loops(api, alice):
    """Alice has begun loops; report that she is done, in a thread; return the answers."""
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": False})

    def report(service):
        answers = []

        def ask():
            answers.append(Api(service, alice).answer_to("POST", "/users/me/progress", LOOPS))

        thread = threading.Thread(target=ask)
        thread.start()
        return thread, answers

    return report


def until_somebody_waits_for_a_lock(connection):
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not connection.scalar(waiting):
        time.sleep(0.01)


def test_the_loser_of_a_deadlock_tries_again_and_wins(app, api, alice, someone_else, report_loops):
    someone_else.execute(sa.text("SET LOCAL deadlock_timeout = '20s'"))  # so the service loses
    someone_else.execute(LOCK_THE_RECORD)
    thread, answers = report_loops(app)  # has the learner, waits for the record
    until_somebody_waits_for_a_lock(someone_else)
    someone_else.execute(LOCK_THE_LEARNER)  # which PostgreSQL grants by ending the report
    someone_else.rollback()
    thread.join(10)
    assert answers[0].status_code == 200
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_a_lock_that_others_keep_is_waited_for_only_so_long(make_app, someone_else, report_loops):
    someone_else.execute(LOCK_THE_RECORD)
    thread, answers = report_loops(make_app(DATABASE_LOCK_TIMEOUT=0.1))
    thread.join(10)
    assert asked_later(answers[0])


def test_a_statement_has_only_so_much_time(make_app, someone_else, report_loops):
    someone_else.execute(LOCK_THE_RECORD)
    thread, answers = report_loops(make_app(DATABASE_STATEMENT_TIMEOUT=0.1))
    thread.join(10)
    assert asked_later(answers[0])


@pytest.fixture
def broken(app, someone_else):
    """Let every change of a progress record fail with an SQLSTATE; return how many have."""
    made = """
        CREATE SEQUENCE attempts;
        CREATE FUNCTION fail() RETURNS trigger AS $$
        BEGIN PERFORM nextval('attempts'); RAISE SQLSTATE '{state}'; END $$ LANGUAGE plpgsql;
        CREATE TRIGGER fail BEFORE INSERT ON progress EXECUTE FUNCTION fail()
    """

    def break_with(state):
        someone_else.execute(sa.text(made.format(state=state)))
        someone_else.commit()

    def attempts():
        return someone_else.scalar(sa.text("SELECT last_value FROM attempts"))

    yield break_with, attempts
    someone_else.rollback()
    someone_else.execute(sa.text("DROP FUNCTION fail CASCADE; DROP SEQUENCE attempts"))
    someone_else.commit()


@pytest.mark.parametrize(
    ("state", "attempts"),
    [
        ("40P01", 2),  # deadlock_detected
        ("40001", 2),  # serialization_failure
        ("55P03", 1),  # lock_not_available
        ("57014", 1),  # query_canceled
        ("53100", 1),  # disk_full
        ("53200", 1),  # out_of_memory
        ("25006", 1),  # read_only_sql_transaction: this is a standby
    ],
)
def test_what_passes_by_itself_is_a_503(api, alice, broken, state, attempts):
    break_with, count = broken
    break_with(state)
    assert asked_later(api.as_(alice).answer_to("POST", "/users/me/progress", LOOPS))
    assert count() == attempts
    assert api.as_(alice).get("/users/me")["progress"] == {}


def test_a_fault_stays_a_fault(api, alice, broken, settings):
    settings(TESTING=False)  # or Flask would hand the error on to the test
    break_with, _ = broken
    break_with("22012")  # division_by_zero
    assert api.as_(alice).status_of("POST", "/users/me/progress", LOOPS) == 500


def commit_a_transaction():
    db.session.execute(sa.text("SELECT 1"))
    db.session.commit()


@pytest.mark.parametrize("commit", [commit_a_transaction])
def test_what_was_committed_is_not_done_again(make_app, someone_else, commit):
    """A view that has committed, and then loses a race, has done half of its work."""
    service = make_app()
    attempts = []

    @service.post("/halves")
    def do_two_halves():
        attempts.append(1)
        commit()
        db.session.execute(sa.text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))

    assert asked_later(service.test_client().post("/halves"))
    assert len(attempts) == 1


def test_sessions_that_the_server_ends_are_replaced(api, alice, someone_else):
    """As after a restart: the pool is full of closed connections."""
    api.as_(alice).get("/users/me")
    end = "SELECT pg_terminate_backend(pid, 10000)"  # milliseconds to wait until it has ended
    others = f"{end} FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    someone_else.execute(sa.text(f"{others} AND datname = current_database()"))
    assert api.as_(alice).post("/users/me/progress", LOOPS)["changed"] is True
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_a_pool_without_a_free_connection_is_waited_for_only_so_long(make_app, alice):
    busy = make_app(THREADS=1, DATABASE_POOL_TIMEOUT=0.2)
    with busy.app_context(), db.engine.connect():
        started = time.monotonic()
        assert asked_later(Api(busy, alice).answer_to("GET", "/users/me"))
        assert asked_later(Api(busy, alice).answer_to("POST", "/users/me/progress", LOOPS))
        assert time.monotonic() - started < 8  # the default would make it 10
    assert Api(busy, alice).status_of("GET", "/users/me") == 200


def test_a_full_disk_refuses_writes_until_there_is_room(app, api, alice, backend):
    if backend != "sqlite":
        pytest.skip("a full disk of PostgreSQL is above")

    def bound(pages):
        with app.app_context(), db.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def report(number):
        new = {"module_id": f"module-{number}-{'x' * 60}", "completed": True}
        return api.as_(alice).answer_to("POST", "/users/me/progress", new)

    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")  # give back what earlier tests have left free
    bound(1)  # SQLite takes the number of pages there are, if that is more
    answers = [report(number) for number in range(40)]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert all(asked_later(answer) for answer in answers if answer.status_code == 503)
    done = [answer for answer in answers if answer.status_code == 200]
    assert len(api.as_(alice).get("/users/me")["progress"]) == len(done)
    bound(2**30)
    assert report(40).status_code == 200
