"""The table of mutations names guards and tests that exist (`make mutations`)."""

import re

import pytest

from tools.mutations import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise)
def test_a_mutation_has_its_guard_and_its_test(project_root, mutation):
    code = (project_root / "learnpath" / mutation.file).read_text()
    assert code.count(mutation.guard) == 1
    assert mutation.instead != mutation.guard
    file, _, name = mutation.test.partition("::")
    tests = (project_root / "tests" / file).read_text()
    assert not name or re.search(rf"^def {name}\(", tests, re.MULTILINE)
