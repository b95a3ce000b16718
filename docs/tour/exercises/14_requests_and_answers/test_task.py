"""Every item of a long list is read once."""

import pytest

from .task import everything

MODULES = [f"module-{number}" for number in range(7)]


@pytest.fixture
def list_of_modules(make):
    for slug in MODULES:
        make.module(slug)


@pytest.mark.parametrize("page_size", [1, 3, 7, 100])
def test_every_module_is_read_once(app, list_of_modules, page_size):
    read = everything(app.test_client(), f"/api/v1/modules?page_size={page_size}")
    assert [module["slug"] for module in read] == MODULES


def test_filters_are_kept_from_page_to_page(app, make, list_of_modules):
    for number in range(3):
        make.module(f"other-{number}")
    read = everything(app.test_client(), "/api/v1/modules?page_size=2&q=other")
    assert [module["slug"] for module in read] == ["other-0", "other-1", "other-2"]
