"""An exercise of the tour fails as it is, and passes with its solution."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from learnpath.config import SETTINGS
from tools.docs import ROOT

EXERCISES = sorted(folder.parent for folder in ROOT.glob("docs/tour/exercises/*/task.py"))


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """Run every exercise as it is, then with its solution; return the share of passed tests."""
    copy = tmp_path_factory.mktemp("tour") / "exercises"
    shutil.copytree(ROOT / "docs" / "tour" / "exercises", copy)
    as_it_stands = share_passed(copy)
    for solution in copy.glob("*/solution.py"):
        shutil.copy(solution, solution.with_name("task.py"))
    return as_it_stands, share_passed(copy)


def share_passed(exercises):
    """Run pytest as a learner does; return the share of passed tests of each exercise."""
    environment = {
        **os.environ,
        **{setting.name: "" for setting in SETTINGS},
        "PYTHONPATH": str(ROOT),
    }
    report = exercises / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", str(exercises)]
    subprocess.run(command, env=environment, cwd=exercises, capture_output=True, check=False)
    counts = {}
    for case in ET.parse(report).iter("testcase"):
        name = next(part for part in case.get("classname").split(".") if part[:2].isdigit())
        done, total = counts.get(name, (0, 0))
        counts[name] = (done + (len(case) == 0), total + 1)
    return {name: done / total for name, (done, total) in counts.items()}


@pytest.mark.exhaustive
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda folder: folder.name)
def test_an_exercise_is_to_be_done_and_can_be_done(passed, exercise):
    as_it_stands, solved = passed
    assert as_it_stands[exercise.name] < 1
    assert solved[exercise.name] == 1
