"""A view that lost a race for locks runs once more, with the Flask of today and of tomorrow."""

import pytest
import sqlalchemy as sa
from flask import Flask, request_started

import learnpath
from learnpath.db import db
from learnpath.web import database_errors
from learnpath.web.app import Service


class NextFlask(Flask):
    """Flask 3.2: the methods that handle a request demand its context."""

    def full_dispatch_request(self):
        ctx = object()
        try:
            request_started.send(self, _async_wrapper=self.ensure_sync)
            result = self.preprocess_request()
            if result is None:
                result = self.dispatch_request(ctx)
        except Exception as error:
            result = self.handle_user_exception(ctx, error)
        return self.finalize_request(result)

    def dispatch_request(self, ctx):
        return super().dispatch_request()

    def handle_user_exception(self, ctx, error):
        return super().handle_user_exception(error)


class NextService(Service, NextFlask):
    """The service on that Flask."""


class Deadlock(Exception):
    """What the driver of PostgreSQL raises."""

    sqlstate = "40P01"


@pytest.fixture(params=[Service, NextService])
def service(request, make_app, monkeypatch):
    """A service with a view that loses as many races as its address says."""
    monkeypatch.setattr(learnpath, "Service", request.param)
    monkeypatch.setattr(database_errors, "RETRY_DELAY", 0)
    service = make_app()
    assert type(service) is request.param
    service.attempts = []

    @service.post("/races/<int:lost>")
    def race(lost):
        service.attempts.append(1)
        if len(service.attempts) <= lost:
            raise sa.exc.OperationalError("UPDATE", {}, Deadlock())
        return {"attempts": len(service.attempts)}

    @service.post("/committed")
    def commit_and_lose():
        service.attempts.append(1)
        db.session.execute(sa.text("SELECT 1"))
        db.session.commit()
        raise sa.exc.OperationalError("UPDATE", {}, Deadlock())

    return service


@pytest.mark.parametrize("lost", [0, 1])
def test_a_lost_race_is_run_once_more(service, lost):
    assert service.test_client().post(f"/races/{lost}").json == {"attempts": lost + 1}


def test_the_second_loss_is_a_503(service):
    answer = service.test_client().post("/races/9")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
    assert len(service.attempts) == 2


def test_a_view_that_has_committed_is_not_run_again(service):
    assert service.test_client().post("/committed").status_code == 503
    assert len(service.attempts) == 1


def test_errors_are_still_problems(service):
    assert service.test_client().get("/nothing").json["type"] == "/problems/not-found"
    assert service.test_client().get("/api/v1/users/me").json["type"] == "/problems/unauthorized"
