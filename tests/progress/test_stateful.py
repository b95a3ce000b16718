"""Random learners and authors at work through the API; the rules hold after every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from learnpath.db import db
from learnpath.enrollments.models import Enrollment, EnrollmentEvent
from learnpath.enrollments.signals import path_completed
from learnpath.modules.models import Module
from learnpath.paths.models import Path, PathModule
from learnpath.progress.integrity import Inconsistency, check_progress
from learnpath.progress.models import Event, Progress
from learnpath.progress.rules import paths as rules
from learnpath.progress.rules.events import State
from learnpath.progress.rules.paths import PathOutline

from ..client import PREFIX
from . import oracle

MODULES = [f"m{number}" for number in range(5)]
PATHS = ["p0", "p1"]
NUMBERS = count()

learner = st.sampled_from(["alice", "mallory"])
module = st.sampled_from(MODULES)
path = st.sampled_from(PATHS)
said = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["in_progress", "completed", "completed", "reopened"]),
        "percent": st.integers(0, 100),
        "score": st.sampled_from([0, 0.5, 100]),
        "time_spent_delta": st.integers(0, 9),
        "position": st.integers(0, 3) | st.just({"page": 1}),
    },
).filter(lambda body: body.get("percent") != 100 or body.get("status") == "completed")
event = st.tuples(module, said, st.integers(-3600, 295))
entry = st.fixed_dictionaries(
    {"module": module, "required": st.sampled_from([True, True, False])},
    optional={"requires": st.lists(module, max_size=2, unique=True)},
)
entries = st.lists(entry, min_size=1, max_size=5, unique_by=lambda one: one["module"])


class School(RuleBasedStateMachine):
    """Two learners, an author and an admin, two paths, five modules."""

    def __init__(self, make, people):
        super().__init__()
        self.app, self.make, self.people = make.app, make, people
        self.completed = {}  # enrollment id → (when, at which version)
        self.announced = Counter()
        self.batches = []
        self.seen = {}  # table → its rows, until the next request
        path_completed.connect(self.hear)

    def hear(self, _sender, enrollment_id, **_):
        self.announced[enrollment_id] += 1

    def teardown(self):
        path_completed.disconnect(self.hear)
        with self.app.app_context():
            faults = [found for found in check_progress() if isinstance(found, Inconsistency)]
            assert faults == [], "flask progress check would find something"
            for table in (EnrollmentEvent, Enrollment, Event, Progress, PathModule, Path, Module):
                db.session.execute(sa.delete(table))
            db.session.commit()

    def ask(self, who, method, url, body=None, may=(200,)):
        """Send a request as a user; only these statuses are right."""
        self.seen = {}
        headers = {"Authorization": f"Bearer {self.people[who].token}"}
        answer = self.app.test_client().open(
            PREFIX + url, method=method, json=body, headers=headers
        )
        assert answer.status_code in may, f"{method} {url} {body}: {answer.status} {answer.text}"
        return answer

    # the people at work

    @initialize()
    def begin(self):
        for slug, modules in zip(PATHS, (MODULES[:3], MODULES[2:]), strict=True):
            chain = zip(modules, [None, *modules], strict=False)
            listed = [{"slug": one, "requires": [before] * bool(before)} for one, before in chain]
            self.make.path(slug, listed)
            authors = {"authors": [self.people["grace"].id]}
            self.ask("ada", "PATCH", f"/paths/{slug}", authors)
            self.ask("alice", "POST", f"/paths/{slug}/enrollments", {}, may=(201,))

    @rule(who=learner, module=module, said=said)
    def report(self, who, module, said):
        is_locked = module in self.locked_for(who)
        url = f"/users/me/progress/{module}"
        answer = self.ask(who, "PUT", url, said, may=(409,) if is_locked else (200, 404))
        if answer.status_code == 200:
            shown = answer.json["progress"]
            if "status" in said:
                assert (shown["status"] == "completed") == (said["status"] == "completed") or (
                    shown["status"] in ("waived", "skipped") and said["status"] != "completed"
                )
            assert shown["position"] == said.get("position", shown["position"])

    @rule(who=learner, module=module, completed=st.booleans())
    def report_as_the_customer_does(self, who, module, completed):
        may = (409,) if module in self.locked_for(who) else (200,)
        body = {"module_id": module, "completed": completed}
        self.ask(who, "POST", "/users/me/progress", body, may=may)

    @rule(who=learner, events=st.lists(event, min_size=1, max_size=3))
    def send_events(self, who, events):
        batch = [
            {
                "id": f"event-{next(NUMBERS)}",
                "module_id": module,
                "occurred_at": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(),
                **said,
            }
            for module, said, seconds in events
        ]
        results = self.ask(who, "POST", "/users/me/progress/events", batch).json
        assert {one["result"] for one in results} <= {"applied", "rejected"}
        applied = [
            one for one, said in zip(batch, results, strict=True) if said["result"] == "applied"
        ]
        if applied:
            self.batches.append((who, applied))

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def send_events_again(self, data):
        who, batch = data.draw(st.sampled_from(self.batches))
        before = self.ask(who, "GET", "/users/me/progress").json
        shuffled = data.draw(st.permutations(batch))
        results = self.ask(who, "POST", "/users/me/progress/events", shuffled).json
        assert {one["result"] for one in results} <= {"duplicate", "rejected"}
        assert self.ask(who, "GET", "/users/me/progress").json == before

    @rule(who=learner, module=module)
    def start_over(self, who, module):
        self.ask(who, "DELETE", f"/users/me/progress/{module}", may=(200, 404))

    @rule(who=learner, module=module, method=st.sampled_from(["POST", "DELETE"]))
    def skip(self, who, module, method):
        self.ask(who, method, f"/users/me/progress/{module}/skip", may=(200, 404, 409))

    @rule(who=learner, module=module, is_waived=st.booleans())
    def waive(self, who, module, is_waived):
        url = f"/users/{self.people[who].id}/progress/{module}/waive"
        body = {"reason": "knows it"} if is_waived else None
        self.ask("ada", "POST" if is_waived else "DELETE", url, body, may=(200, 404))

    @rule(who=learner, path=path)
    def join(self, who, path):
        self.ask(who, "POST", f"/paths/{path}/enrollments", {}, may=(200, 201, 409))

    @rule(who=learner, path=path)
    def leave(self, who, path):
        for one in self.ask(who, "GET", "/users/me/enrollments").json:
            if one["path"] == path:
                self.ask(who, "DELETE", f"/enrollments/{one['id']}", may=(204,))

    @rule(path=path, entries=entries, dry_run=st.sampled_from(["", "", "?dry_run=true"]))
    def arrange(self, path, entries, dry_run):
        learner_module = {one["module"] for one in entries}
        for one in entries:
            one["requires"] = [it for it in one.get("requires", []) if it in learner_module]
        url = f"/paths/{path}/modules{dry_run}"
        self.ask("grace", "PUT", url, entries, may=(200, 409, 422))

    @rule(path=path, policy=st.sampled_from(["free", "sequential"]))
    def order(self, path, policy):
        self.ask("grace", "PATCH", f"/paths/{path}", {"order_policy": policy}, may=(200, 409, 422))

    @rule(path=path, kind=st.sampled_from(["archive", "publish"]))
    def archive_or_publish(self, path, kind):
        self.ask("grace", "POST", f"/paths/{path}/{kind}", may=(200, 409))

    @rule(module=module, status=st.sampled_from(["published", "published", "archived", "draft"]))
    def archive_or_publish_a_module(self, module, status):
        self.ask("ada", "PATCH", f"/modules/{module}", {"status": status}, may=(200, 409))

    @rule(module=module, title=st.sampled_from(["One", "Two"]), is_revised=st.booleans())
    def describe(self, module, title, is_revised):
        shown = self.ask("ada", "GET", f"/modules/{module}").json
        changes = {"title": title, "revision": shown["revision"] + is_revised}
        self.ask("ada", "PATCH", f"/modules/{module}", changes)

    @rule(who=learner, path=path)
    def look(self, who, path):
        """The roll-up is what the formulas say of the facts in the database."""
        answer = self.ask(who, "GET", f"/users/me/paths/{path}", may=(200, 404))
        if answer.status_code == 404:
            return
        shown, outline, statuses = answer.json, self.outlines()[path], self.statuses_of(who)
        assert shown["percent"] == oracle.percent(outline, statuses)
        assert [one["module"]["slug"] for one in shown["modules"]] == [
            one.module for one in outline.modules
        ]
        assert [one["state"] for one in shown["modules"]] == [
            statuses.get(one.module, "not_started") for one in outline.modules
        ]
        locked = self.locked_for(who) if shown["status"] == "active" else set()
        for one in shown["modules"]:
            assert one["locked"] == (one["module"]["slug"] in locked) == bool(one["blocked_by"])
        followed = {one["path"] for one in self.ask(who, "GET", "/users/me/next").json}
        assert followed <= {one.path_slug for one in self.active(who)}

    # the facts, read past the service

    def read(self, table):
        """Return all rows of a table, read once after each request."""
        if table not in self.seen:
            with self.app.app_context():
                self.seen[table] = db.session.execute(sa.select(*table.__table__.columns)).all()
        return self.seen[table]

    def outlines(self):
        published = {one.slug for one in self.read(Module) if one.status == "published"}
        learner_module = sorted(self.read(PathModule), key=lambda one: one.position)
        return {
            path.slug: PathOutline(
                slug=path.slug,
                is_sequential=path.order_policy == "sequential",
                modules=tuple(
                    rules.PathModule(
                        module=one.module_slug, required=one.required, requires=one.requires
                    )
                    for one in learner_module
                    if one.path_slug == path.slug and one.module_slug in published
                ),
            )
            for path in self.read(Path)
        }

    def statuses_of(self, who):
        rows = [row for row in self.read(Progress) if row.user_id == self.people[who].id]
        return {row.module_slug: row.status for row in rows}

    def active(self, who):
        mine = [row for row in self.read(Enrollment) if row.user_id == self.people[who].id]
        return [row for row in mine if row.status == "active"]

    def locked_for(self, who):
        outlines = self.outlines()
        followed = [outlines[one.path_slug] for one in self.active(who)]
        return oracle.locked(followed, self.statuses_of(who))

    # the rules

    @invariant()
    def every_row_is_the_fold_of_its_events(self):
        happened = {}
        for one in self.read(Event):
            key = (one.user_id, one.module_slug)
            happened.setdefault(key, []).append(oracle.stored_event(one))
        kept = {(row.user_id, row.module_slug): row for row in self.read(Progress)}
        assert len(kept) == len(self.read(Progress))  # one row per learner and module
        assert happened.keys() <= kept.keys()
        for key, row in kept.items():
            expected = oracle.what_it_comes_to(happened.get(key, []))
            facts = {"waived_at": row.waived_at, "skipped_at": row.skipped_at}
            assert State.from_row(row) == replace(expected, **facts)
            assert row.status == State.from_row(row).status
            is_completed = oracle.is_completed_by(happened.get(key, []))
            assert (row.status == "completed") == is_completed

    @invariant()
    def what_is_completed_stays_completed_and_was_announced_once(self):
        done = {}
        for row in self.read(Enrollment):
            assert (row.status == "completed") <= (row.completed_at is not None)
            assert (row.completed_at is None) or row.status != "active"
            if row.completed_at:
                done[row.id] = (row.completed_at, row.completed_path_version)
        assert self.completed.items() <= done.items()
        assert self.announced == Counter(done.keys())
        acts = [one for one in self.read(EnrollmentEvent) if one.kind == "completed"]
        assert Counter(one.enrollment_id for one in acts) == Counter(done.keys())
        self.completed = done

    @invariant()
    def nobody_is_active_on_a_path_with_nothing_left(self):
        outlines = self.outlines()
        for who in ("alice", "mallory"):
            statuses = self.statuses_of(who)
            for one in self.active(who):
                assert oracle.percent(outlines[one.path_slug], statuses) != 100


@pytest.mark.parametrize(
    ("examples", "steps"),
    [
        pytest.param(4, 15, id="few"),
        pytest.param(15, 25, id="some", marks=pytest.mark.exhaustive),
        pytest.param(150, 50, id="many", marks=pytest.mark.slow),
    ],
)
def test_the_rules_hold_whatever_people_do(make, cast, examples, steps):
    run_state_machine_as_test(
        lambda: School(make, cast),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def cast(alice, mallory, grace, ada):
    return {"alice": alice, "mallory": mallory, "grace": grace, "ada": ada}
