"""Fake learners with plausible progress, for a demonstration."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from .. import passwords
from ..clock import now
from ..enrollments import services as enrollments
from ..extensions import db
from ..paths.models import PUBLISHED, Membership, Path
from ..progress import reporting
from ..progress.rules.modules import COMPLETED, IN_PROGRESS
from ..progress.writing import Reporter
from ..users import services as users

FIRST_NAMES = """
    Amina Ben Chloe Dmitri Elena Farid Grete Hana Ivan Jun Kofi Lucia Mateo Nadia Omar Priya
    Quentin Rosa Sven Thandi Uma Viktor Wanjiru Ximena Yusuf Zofia
""".split()
LAST_NAMES = """
    Andersson Baptiste Costa Diallo Eriksen Fischer Garcia Haddad Ito Jansen Khan Lopez Mensah
    Novak Okafor Petrov Rossi Silva Tanaka Usman Varga Weber Yilmaz Zhang
""".split()


def make_learners(count: int) -> Iterator[int]:
    """Make sure that `count` fake learners exist, and yield the number of each when it is done.

    They are the same every time: learner 7 always has the same name and the same progress.
    Nobody can log in as one of them. Commits after each, so that it can be stopped.
    """
    nobody_knows = passwords.hashed(secrets.token_urlsafe())
    curricula = published_modules()
    for number in range(1, count + 1):
        chance = random.Random(number)  # noqa: S311 - for plausibility, not for secrets
        name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
        try:
            user_id = users.add_account(name, f"demo-{number}@example.org", nobody_knows)
        except users.EmailTaken:
            pass  # made on an earlier run
        else:
            _follow_a_path(user_id, number, chance, curricula)
        db.session.commit()
        yield number


def published_modules() -> dict[str, list[str]]:
    """Return the module slugs of each published path, in order."""
    paths = db.session.scalars(sa.select(Path.slug).where(Path.status == PUBLISHED)).all()
    in_order = sa.select(Membership.module_slug).order_by(Membership.position)
    return {
        path: list(db.session.scalars(in_order.where(Membership.path_slug == path)))
        for path in paths
    }


def _follow_a_path(
    user_id: int, number: int, chance: random.Random, curricula: dict[str, list[str]]
) -> None:
    """Enroll, complete the first modules over the last weeks, and leave one half done.

    Every third has a due date, some in the past; every twelfth has left again.
    """
    path = chance.choice(sorted(curricula))
    modules = curricula[path]
    due_at = now() + timedelta(days=number * 7 % 60 - 20) if number % 3 == 0 else None
    enrollment, _ = enrollments.enroll(user_id, path, by=None, due_at=due_at)
    done = int(len(modules) * chance.betavariate(1.2, 1.8))
    moment = now() - timedelta(days=chance.uniform(done, done * 3 + 1))
    for index, module in enumerate(modules[: done + 1]):
        body = {
            "status": COMPLETED if index < done else IN_PROGRESS,
            "time_spent_delta": chance.randint(300, 5400),
            "occurred_at": moment,
        }
        reporting.report(user_id, module, body, Reporter(user_id=None, is_trusted=True))
        moment = min(now(), moment + timedelta(days=chance.expovariate(0.7)))
    if number % 12 == 0:
        enrollments.withdraw(enrollment.id, by=user_id)
