"""Starting: a bad setting stops it with a sentence."""

import os
import subprocess
import sys

import pytest

from .conftest import GOOD_SECRET

GUNICORN = ["-m", "gunicorn", "-c", "python:learnpath.server", "--check-config", "wsgi:app"]
WSGI = ["-c", "import wsgi"]


@pytest.fixture
def start(tmp_path, project_root):
    """Start Python in the project's root with only these settings in the environment."""

    def start(arguments, **settings):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        database = f"sqlite:///{tmp_path / 'learnpath.db'}"
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=project_root,
            env={**kept, "ENVIRONMENT": "production", "DATABASE_URL": database, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


@pytest.mark.exhaustive
@pytest.mark.parametrize("arguments", [WSGI, GUNICORN], ids=["wsgi", "gunicorn"])
@pytest.mark.parametrize("secret", ["", "your-secret-key-change-in-production"])
def test_a_bad_secret_stops_the_start_with_one_sentence(start, arguments, secret):
    process = start(arguments, SECRET_KEY=secret)
    assert process.returncode not in (0, None)
    assert process.stdout == ""
    (sentence,) = process.stderr.splitlines()
    assert sentence.startswith("learnpath cannot start. SECRET_KEY: ")


@pytest.mark.exhaustive
@pytest.mark.parametrize("arguments", [WSGI, GUNICORN], ids=["wsgi", "gunicorn"])
def test_good_settings_start(start, arguments):
    process = start(arguments, SECRET_KEY=GOOD_SECRET)
    assert (process.returncode, process.stderr) == (0, "")
