"""What the docs take from the code is what the code says today."""

import pytest

from tools import docs, settings_table, snippets

PAGES = sorted(docs.pages())
NOW = "<!-- snippet: learnpath/clock.py#now -->\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(docs.ROOT).as_posix())
def test_a_page_says_what_the_code_says(page):
    text = page.read_text("utf-8")
    assert docs.written(text) == text, "run: make docs"


def test_every_part_that_can_be_drawn_stands_somewhere():
    written = "".join(page.read_text("utf-8") for page in PAGES)
    assert [name for name in docs.PARTS if f"<!-- /{name} -->" not in written] == []


def test_the_example_of_settings_says_what_the_code_says(project_root):
    assert (project_root / ".env.example").read_text("utf-8") == settings_table.env_example()


def test_a_snippet_is_the_source_with_its_decorators():
    source = snippets.source_of("learnpath/users/routes.py", "Me.get")
    assert source.startswith("@requires(READ_ME")
    assert source.endswith("return current_user().account")


@pytest.mark.parametrize("before", ["", "\n```python\nold = True\n```\n"])
def test_a_snippet_is_written_under_its_marker_again_and_again(before):
    filled = snippets.fill(NOW + before + "\nAnd so on.\n")
    assert "\n```python\ndef now() -> datetime:\n" in filled
    assert filled.endswith("```\n\nAnd so on.\n")
    assert "old" not in filled
    assert snippets.fill(filled) == filled


def test_a_snippet_of_nothing_is_told():
    with pytest.raises(LookupError, match="#then"):
        snippets.fill(NOW.replace("#now", "#then"))
