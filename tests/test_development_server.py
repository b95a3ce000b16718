"""What `flask run` writes to the terminal."""

import subprocess
import sys

import pytest

TALK = r"""
import logging.config
from learnpath import logs
logging.config.dictConfig(logs.configuration({"LOG_FORMAT": "plain", "LOG_LEVEL": "INFO"}))
logging.getLogger("werkzeug").warning("\x1b[31m\x1b[1m%s\x1b[0m", "Running on http://127.0.0.1")
"""


@pytest.mark.exhaustive
def test_its_lines_carry_no_codes_of_colours(project_root):
    said = subprocess.run(
        [sys.executable, "-c", TALK], capture_output=True, text=True, check=True, cwd=project_root
    ).stderr
    assert said.endswith("] Running on http://127.0.0.1\n")
