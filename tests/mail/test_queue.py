"""Emails wait in the database until they are sent: each once, also when things break."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from learnpath import create_app
from learnpath.config import SETTINGS
from learnpath.db import db
from learnpath.mail import services as mail
from learnpath.mail.gateways import InMemoryGateway
from learnpath.mail.models import QueuedEmail

from ..auth.time_travel import travel
from ..cast import PASSWORD
from ..concurrency import run_concurrently
from ..mailbox import text_of

BOB = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}


class Broken:
    """A gateway that fails, with what it is given to fail with."""

    def __init__(self, error):
        self.error = error
        self.tries = 0

    def send(self, message):
        self.tries += 1
        raise self.error


class Died(BaseException):
    """The process that was sending is no more."""


def deliver(app, gateway=None):
    """Send what is due, and return the addresses it went to."""
    gateway = gateway or InMemoryGateway()
    with app.app_context():
        mail.deliver(gateway)
    return sorted(email["To"] for email in gateway.sent) if hasattr(gateway, "sent") else None


def queue(app, *addresses, kind="password-changed"):
    with app.app_context():
        for address in addresses:
            mail.queue(kind, address)
        db.session.commit()


def count_waiting(app):
    with app.app_context():
        return mail.count_waiting()


def make_people(make, count):
    return [make.user(f"learner{number:02}").email for number in range(count)]


def test_without_mail_nothing_is_ever_queued(api, alice):
    api.post("/users/register", BOB, expect=201)
    api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    api.post("/auth/email/resend", {"email": alice.email}, expect=202)
    with api.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(QueuedEmail)) == 0


def test_an_email_is_sent_once(app, mailbox, alice):
    queue(app, alice.email)
    assert deliver(app) == [alice.email]
    assert deliver(app) == []


def test_an_email_is_queued_only_if_what_causes_it_happens(app, mailbox, alice):
    with app.app_context():
        mail.queue("password-changed", alice.email)
        db.session.rollback()
    assert deliver(app) == []


def test_what_is_queued_survives_a_restart(app, mailbox, alice):
    queue(app, alice.email)
    reborn = create_app({setting.name: app.config[setting.name] for setting in SETTINGS})
    assert deliver(reborn) == [alice.email]
    with reborn.app_context():
        db.engine.dispose()


def test_several_threads_send_each_email_once(app, mailbox, make):
    people = make_people(make, 12)
    queue(app, *people)
    sent = run_concurrently(*[lambda: deliver(app)] * 4)
    assert sorted(address for addresses in sent for address in addresses) == people


@pytest.mark.exhaustive
def test_several_processes_send_each_email_once(app, mailbox, make, project_root, tmp_path):
    people = make_people(make, 12)
    queue(app, *people)
    environment = {
        **os.environ,
        "ENVIRONMENT": "testing",
        "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["DATABASE_URL"].render_as_string(hide_password=False),
        "MAIL_URL": f"file://{tmp_path}",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mail", "deliver"]
    senders = [
        subprocess.Popen(command, cwd=project_root, env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    sent = [int(sender.communicate(timeout=60)[0].split()[0]) for sender in senders]
    assert sum(sent) == len(people)
    assert len(list(tmp_path.glob("*.eml"))) == len(people)


def test_an_email_whose_sender_died_is_sent_by_another_after_two_minutes(app, mailbox, alice):
    queue(app, alice.email)
    with pytest.raises(Died):
        deliver(app, Broken(Died()))
    with travel(minutes=1, seconds=50):
        assert deliver(app) == []
    with travel(minutes=2, seconds=1):
        assert deliver(app) == [alice.email]


def test_an_email_that_could_not_be_sent_is_tried_again_ever_later(app, mailbox, alice):
    queue(app, alice.email)
    broken = Broken(OSError("gone"))
    minutes = 0
    for attempt in range(1, 9):
        with travel(minutes=minutes, seconds=-5):
            deliver(app, broken)  # not due for another moment
        assert broken.tries == attempt - 1
        with travel(minutes=minutes, seconds=1):
            deliver(app, broken)
            deliver(app, broken)  # not due yet
        assert broken.tries == attempt
        minutes += 2**attempt
    with travel(days=3):
        deliver(app, broken)
    assert broken.tries == 8
    assert count_waiting(app) == 0


def test_an_email_that_could_not_be_sent_at_first_is_sent_later(app, mailbox, alice):
    queue(app, alice.email)
    deliver(app, Broken(OSError("gone")))
    assert count_waiting(app) == 1
    with travel(minutes=2, seconds=1):
        assert deliver(app) == [alice.email]
    assert count_waiting(app) == 0


def test_a_failure_is_logged_without_the_address(app, mailbox, alice, caplog):
    queue(app, alice.email)
    deliver(app, Broken(OSError(f"{alice.email} is unknown here")))
    assert "not sent, again in 0:02:00: OSError" in caplog.text
    assert alice.email not in caplog.text


@pytest.mark.usefixtures("mailbox")
def test_an_email_that_cannot_be_rendered_does_not_stop_the_others(
    app, alice, mallory, monkeypatch, caplog
):
    render = mail._renderers["password-changed"]

    def render_for_alice_only(address):
        if address != alice.email:
            db.session.execute(sa.text("SELECT 1 / nothing"))
        return render(address)

    monkeypatch.setitem(mail._renderers, "password-changed", render_for_alice_only)
    queue(app, mallory.email, alice.email)
    assert deliver(app) == [alice.email]
    assert "cannot be rendered, again in 0:02:00\nTraceback" in caplog.text
    assert mallory.email not in caplog.text
    monkeypatch.undo()
    assert deliver(app) == []
    with travel(minutes=2, seconds=1):
        assert deliver(app) == [mallory.email]


def test_an_email_to_an_address_that_nobody_has_any_more_is_dropped(app, api, mailbox, alice):
    queue(app, alice.email, kind="email-verification")
    change = {"email": "alice@example.net", "current_password": alice.password}
    api.as_(alice).put("/users/me", change)
    assert deliver(app) == ["alice@example.net"]
    assert count_waiting(app) == 0


def test_an_address_cannot_add_a_header_and_does_not_stop_the_others(app, mailbox, make, alice):
    eve = make.user("eve\nbcc: everybody").email  # an old account; none can register so
    queue(app, eve, alice.email)
    assert deliver(app) == [alice.email]
    with travel(minutes=2, seconds=1):
        assert deliver(app) == []


def test_a_name_stays_a_name_in_html(app, api, mailbox):
    api.post("/users/register", {**BOB, "name": "<b onclick=x>Bob</b> {{ 7*7 }}"}, expect=201)
    email = mailbox.emails()[0]
    assert "Hello &lt;b onclick=x&gt;Bob&lt;/b&gt; {{ 7*7 }}," in text_of(email, "html")
    assert "Hello <b onclick=x>Bob</b> {{ 7*7 }}," in text_of(email)


def test_an_email_has_text_and_html_and_the_senders_address(app, mailbox, settings, alice):
    settings(MAIL_FROM="Learning paths <learnpath@example.org>")
    queue(app, alice.email)
    email = mailbox.emails()[0]
    assert email["From"] == "Learning paths <learnpath@example.org>"
    assert email.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in email.iter_parts()] == ["text/plain", "text/html"]


def test_an_operator_delivers_by_command(app, mailbox, alice, settings, tmp_path):
    settings(MAIL_URL=f"file://{tmp_path}")
    queue(app, alice.email, "nobody@example.org")
    printed = app.test_cli_runner().invoke(args=["mail", "deliver"])
    assert printed.output == "1 sent, 0 waiting\n"
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_an_operator_without_mail_is_told_so(app):
    printed = app.test_cli_runner().invoke(args=["mail", "deliver"])
    assert printed.exit_code == 1
    assert printed.output == "Error: MAIL_URL is not set, so no mail can be sent.\n"
