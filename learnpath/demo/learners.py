"""Fake learners with realistic progress, for a demonstration."""

import random
import secrets
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from .. import passwords
from ..clock import now
from ..db import db
from ..enrollments import services as enrollments
from ..modules.models import PUBLISHED
from ..paths.models import Path
from ..progress import services as progress
from ..progress.rules.events import COMPLETED, IN_PROGRESS
from ..progress.store import Actor
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
    """Create `count` fake learners where they are missing, and yield the number of each.

    Learner 7 always has the same name and the same progress. Their password hash matches no
    known password. Commits after each learner, so that it can be interrupted.
    """
    unusable_hash = passwords.hash_password(secrets.token_urlsafe())
    curricula = published_modules()
    for number in range(1, count + 1):
        rng = random.Random(number)  # noqa: S311 - not for secrets
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        try:
            user_id = users.add_account(name, f"demo-{number}@example.org", unusable_hash)
        except users.EmailTaken:
            pass  # created by an earlier run
        else:
            _enroll_and_report(user_id, number, rng, curricula)
        db.session.commit()
        yield number


def published_modules() -> dict[str, list[str]]:
    """Return the module slugs of each published path, in order."""
    paths = db.session.scalars(sa.select(Path).where(Path.status == PUBLISHED)).all()
    return {path.slug: [one.module_slug for one in path.path_modules] for path in paths}


def _enroll_and_report(
    user_id: int, number: int, rng: random.Random, curricula: dict[str, list[str]]
) -> None:
    """Enroll a learner, complete the first modules over the last weeks, and start the next one.

    Every third learner has a due date, some in the past; every twelfth has withdrawn.
    """
    path = rng.choice(sorted(curricula))
    modules = curricula[path]
    due_at = now() + timedelta(days=number * 7 % 60 - 20) if number % 3 == 0 else None
    enrollment, _ = enrollments.enroll(user_id, path, by=None, due_at=due_at)
    done = int(len(modules) * rng.betavariate(1.2, 1.8))
    moment = now() - timedelta(days=rng.uniform(done, done * 3 + 1))
    for index, module in enumerate(modules[: done + 1]):
        body = {
            "status": COMPLETED if index < done else IN_PROGRESS,
            "time_spent_delta": rng.randint(300, 5400),
            "occurred_at": moment,
        }
        progress.report_progress(user_id, module, body, Actor(user_id=None, bypasses_locks=True))
        moment = min(now(), moment + timedelta(days=rng.expovariate(0.7)))
    if number % 12 == 0:
        enrollments.withdraw(enrollment.id, by=user_id)
