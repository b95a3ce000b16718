"""docs/rules.md names functions and tests that exist, for each of the twelve rules."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
LINK = re.compile(r"\[`?([^`\]]+)`?\]\(([^)]+)\)")
RULES = re.split(r"^## \d+\. ", PAGE.read_text(), flags=re.MULTILINE)[1:]


@cache
def names_in(file):
    """Return every function and class of a file, methods as Class.method."""
    names = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{one.name}" for one in node.body if hasattr(one, "name")}
    return names


def test_there_are_twelve_rules_in_order():
    numbers = re.findall(r"^## (\d+)\. ", PAGE.read_text(), flags=re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize("rule", RULES, ids=range(1, 13))
def test_a_rule_names_where_it_is_kept_and_what_proves_it(rule):
    links = [(name, (PAGE.parent / target).resolve()) for name, target in LINK.findall(rule)]
    assert any(file.is_relative_to(PAGE.parents[1] / "learnpath") for _, file in links)
    assert any(name.startswith("test_") for name, _ in links)
    assert [name for name, file in links if name not in names_in(file)] == []


def test_every_link_leads_to_a_file():
    assert all((PAGE.parent / target).is_file() for _, target in LINK.findall(PAGE.read_text()))


def test_every_test_that_bears_the_number_of_a_rule_is_of_one_that_exists():
    tests = {name for file in Path(__file__).parent.glob("test_*.py") for name in names_in(file)}
    numbers = {int(found) for name in tests for found in re.findall(r"test_rule_(\d+)_", name)}
    assert numbers <= set(range(1, 13))
