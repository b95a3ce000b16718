"""Changing the role and the status of a user; the last admin stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.users.models import User

TRIALS = 20  # races of two admins, per route and database


def test_a_learner_becomes_an_instructor_with_the_rights_of_one_at_once(api, alice, ada):
    api.as_(alice).get("/modules?status=uncatalogued", expect=403)
    changed = api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "instructor"})
    assert (changed["id"], changed["role"]) == (alice.id, "instructor")
    api.as_(alice).get("/modules?status=uncatalogued")


def test_an_admin_who_is_demoted_loses_the_rights_at_once(api, ada, make):
    eva = make.user("eva", "admin")
    api.as_(eva).get("/users/")
    api.as_(ada).patch(f"/users/{eva.id}/role", {"role": "learner"})
    api.as_(eva).get("/users/", expect=403)


def test_who_is_deactivated_is_out_at_once(api, alice, ada):
    tokens = log_in(api, alice)
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    api.as_(alice).get("/users/me", expect=401)
    api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)
    log_in(api, alice, expect=401)


def test_who_is_deactivated_is_refused_like_a_wrong_password(api, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    refused = log_in(api, alice, expect=401)
    unknown = {"email": "nobody@example.org", "password": alice.password}
    assert refused == api.post("/users/login", unknown, expect=401)


def test_who_is_activated_again_logs_in_anew(api, alice, ada):
    for status in ("deactivated", "active"):
        changed = api.as_(ada).patch(f"/users/{alice.id}/status", {"status": status})
        assert changed["status"] == status
    api.as_(alice).get("/users/me", expect=401)  # the old session stays ended
    log_in(api, alice)


def test_a_new_role_keeps_the_sessions(api, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "instructor"})
    assert api.as_(alice).get("/users/me")["role"] == "instructor"


@pytest.mark.exhaustive
@pytest.mark.parametrize("what", ["role", "status"])
@pytest.mark.parametrize(
    "value", ["", "root", "Admin", " admin", "admin\n", None, 1, True, ["admin"], {"role": "admin"}]
)
def test_a_role_or_status_that_does_not_exist_changes_nothing(api, alice, ada, what, value):
    answer = api.as_(ada).patch(f"/users/{alice.id}/{what}", {what: value}, expect=422)
    assert list(answer["errors"]) == [what]
    me = api.as_(alice).get("/users/me")
    assert (me["role"], me["status"]) == ("learner", "active")


@pytest.mark.parametrize(
    "body", [{}, {"role": "admin", "status": "active"}, {"role": "admin", "id": 1}]
)
def test_a_body_with_too_little_or_too_much_changes_nothing(api, alice, ada, body):
    api.as_(ada).patch(f"/users/{alice.id}/role", body, expect=422)
    assert api.as_(alice).get("/users/me")["role"] == "learner"


def test_the_role_of_nobody_cannot_be_changed(api, ada):
    api.as_(ada).patch("/users/7654321/role", {"role": "admin"}, expect=404)
    api.as_(ada).patch("/users/7654321/status", {"status": "deactivated"}, expect=404)


# The last admin stays, by any route.

ROUTES = {
    "demoted": ("PATCH", "/role", {"role": "learner"}),
    "deactivated": ("PATCH", "/status", {"status": "deactivated"}),
    "deleted": ("DELETE", "", None),
}
by_any_route = pytest.mark.parametrize("route", ROUTES)


@by_any_route
@pytest.mark.parametrize("name", ["id", "me"])
def test_the_last_admin_cannot_go(api, ada, route, name):
    assert move(api.as_(ada), ada.id if name == "id" else "me", route) == 409
    me = api.as_(ada).get("/users/me")
    assert (me["role"], me["status"]) == ("admin", "active")


def test_the_last_admin_is_told_why(api, ada):
    answer = api.as_(ada).delete("/users/me", expect=409)
    assert answer["type"] == "/problems/last-admin"
    assert "last active admin" in answer["detail"]


@by_any_route
def test_an_admin_goes_while_another_stays(api, ada, make, route):
    eva = make.user("eva", "admin")
    assert move(api.as_(ada), eva.id, route) in (200, 204)
    assert move(api.as_(ada), ada.id, route) == 409


@by_any_route
def test_an_admin_who_is_deactivated_does_not_count(api, ada, make, route):
    eva = make.user("eva", "admin")
    assert move(api.as_(ada), eva.id, "deactivated") == 200
    assert move(api.as_(ada), ada.id, route) == 409


def test_an_admin_who_stays_an_admin_is_no_loss(api, ada):
    api.as_(ada).patch("/users/me/role", {"role": "admin"})
    api.as_(ada).patch("/users/me/status", {"status": "active"})


@pytest.mark.parametrize("command", [["set-role", "EMAIL", "learner"], ["deactivate", "EMAIL"]])
def test_the_last_admin_cannot_go_by_the_command_line(app, api, ada, command):
    words = [ada.email if word == "EMAIL" else word for word in command]
    result = app.test_cli_runner().invoke(args=["users", *words])
    assert result.exit_code == 1
    assert "last active admin" in result.stderr
    api.as_(ada).get("/users/")


@pytest.mark.parametrize("routes", [("demoted", "deleted"), ("deactivated",) * 2, ("deleted",) * 2])
def test_of_two_admins_who_remove_each_other_at_once_one_stays(app, api, make, routes):
    for trial in range(TRIALS):
        eva, eve = (make.user(f"{name}{trial}", "admin") for name in ("eva", "eve"))
        barrier = Barrier(2)

        def remove(who, whom, route, barrier=barrier):
            barrier.wait()
            return move(api.as_(who), whom.id, route)

        with ThreadPoolExecutor(2) as threads:
            statuses = list(threads.map(remove, (eva, eve), (eve, eva), routes))
        assert min(statuses) in (200, 204), (trial, statuses)
        assert max(statuses) in (401, 403, 409), (trial, statuses)
        assert count_admins(app) == 1, (trial, statuses)
        dismiss_everybody(app)


def move(asking, whom, route):
    """Remove an admin; return the status of the response."""
    method, address, body = ROUTES[route]
    return asking.status_of(method, f"/users/{whom}{address}", body)


def count_admins(app):
    with app.app_context():
        admins = sa.select(sa.func.count()).where(User.role == "admin", User.status == "active")
        return db.session.scalar(admins)


def dismiss_everybody(app):
    with app.app_context():
        db.session.execute(sa.update(User).values(role="learner"))
        db.session.commit()


def log_in(api, who, **more):
    return api.post("/users/login", {"email": who.email, "password": who.password}, **more)
