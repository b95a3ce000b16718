"""The seeded curriculum, walked from enrollment to completion by an HTTP client."""

import httpx
import pytest

from tools.walkthrough import HEADER, line, walk

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def client(app):
    """An HTTP client over the seeded service."""
    app.test_cli_runner().invoke(args=["seed"])
    with httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url="http://localhost"
    ) as client:
        yield client


def test_whoever_does_what_comes_next_completes_the_path(client, project_root):
    steps = list(walk(client))
    percents = [step["percent"] for step in steps]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    statuses = [step["status"] for step in steps]
    assert statuses == sorted(statuses), "active until completed, once"
    assert statuses.index("completed") == percents.index(100)
    written = "\n".join([HEADER, *map(line, steps)]) + "\n"
    assert (project_root / "docs" / "walkthrough.md").read_text(encoding="utf-8") == written
