"""Several authors at the same instant: every published path can be completed."""

import pytest
import sqlalchemy as sa

from learnpath.modules import services as modules
from learnpath.paths import path_modules, services

from ..actions import arrange, order_of
from ..concurrency import run_concurrently, run_during_transaction

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def python(make):
    """A published path; `extra` is published and stands in no path."""
    make.module("extra")
    return make.path("python", ["variables", "loops"])


def put_in(module):
    path = services.lock_path("python", [module])
    entry = {"module": module, "required": True, "requires": []}
    path_modules.replace_modules(path, [entry], sa.true())


def archive_extra():
    modules.change_module(modules.lock_module("extra"), by=None, status="archived")


def test_what_an_author_is_just_putting_in_is_not_archived(app, api, ada, python):
    hide = {"status": "archived"}
    status = run_during_transaction(
        app,
        lambda: put_in("extra"),
        lambda: api.as_(ada).status_of("PATCH", "/modules/extra", hide),
    )
    assert status == 409
    assert api.as_(ada).get("/paths/python/validate")["completable"] is True
    assert order_of(api, ada, "python") == ["extra"]


def test_what_is_just_being_archived_is_not_put_in(app, api, ada, python):
    entries = [{"module": "extra"}]
    status = run_during_transaction(
        app,
        archive_extra,
        lambda: api.as_(ada).status_of("PUT", "/paths/python/modules", entries),
    )
    assert status == 409
    assert api.as_(ada).get("/paths/python/validate")["completable"] is True
    assert order_of(api, ada, "python") == ["variables", "loops"]


def test_two_authors_never_wait_for_each_other_in_a_circle(api, ada, python):
    for trial in range(6):
        entries = [{"module": one} for one in ("loops", "extra", "variables")[trial % 2 :]]
        change = {"status": ("archived", "published")[trial % 2]}
        statuses = run_concurrently(
            lambda entries=entries: api.as_(ada).status_of("PUT", "/paths/python/modules", entries),
            lambda change=change: api.as_(ada).status_of("PATCH", "/modules/loops", change),
        )
        assert set(statuses) <= {200, 409}
        assert api.as_(ada).get("/paths/python/validate")["completable"] is True


FILE = """\
path: {slug: python, title: Python}
modules:
- {slug: loops, title: Loops, summary: Again}
- {slug: extra, title: Extra, summary: More}
"""


def test_an_import_waits_for_an_author_and_has_the_last_word(app, api, ada, python, tmp_path):
    file = tmp_path / "python.yaml"
    file.write_text(FILE)
    printed = run_during_transaction(
        app,
        lambda: put_in("variables"),  # none of those that the file names
        lambda: app.test_cli_runner().invoke(args=["paths", "import", str(file)]),
    )
    assert (printed.exit_code, printed.output) == (0, "python: updated, 2 modules\n")
    assert order_of(api, ada, "python") == ["loops", "extra"]
    assert api.get("/paths/python")["version"] == 3


def test_an_author_waits_for_an_import(app, api, ada, python, tmp_path):
    from learnpath.paths.curriculum import read_curriculum
    from learnpath.paths.importer import import_curriculum

    file = tmp_path / "python.yaml"
    file.write_text(FILE)
    run_during_transaction(
        app,
        lambda: import_curriculum(read_curriculum(file)),
        lambda: arrange(api, ada, "python", ["extra", "variables"]),
    )
    assert order_of(api, ada, "python") == ["extra", "variables"]
    assert api.get("/paths/python")["version"] == 3
