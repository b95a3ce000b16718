"""Every URL is handled in the folder with its name."""

import pytest

from .task import module_behind


@pytest.mark.parametrize(
    ("method", "address", "module"),
    [
        ("GET", "/api/v1/users/me", "learnpath.users.routes"),
        ("GET", "/api/v1/paths/python-developer", "learnpath.paths.routes"),
        ("POST", "/api/v1/users/me/progress", "learnpath.progress.routes"),
        ("PATCH", "/api/v1/enrollments/7", "learnpath.enrollments.routes"),
    ],
)
def test_an_address_leads_to_its_folder(app, method, address, module):
    assert module_behind(app, method, address) == module
