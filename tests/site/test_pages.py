"""The pages for people bring everything they need with them."""

import re

import pytest

PAGES = ("/", "/app", "/docs", "/redoc", "/problems", "/problems/email-taken")
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_other_server_and_none_of_its_links_is_dead(app, page):
    client = app.test_client()
    answer = client.get(page, headers=AS_A_BROWSER)
    assert answer.mimetype == "text/html"
    addresses = re.findall(r'(?:href|src|data-document)="([^"#][^"]*)"', answer.text)
    assert addresses
    for address in addresses:
        assert address.startswith("/")
        with client.get(address) as linked:
            assert linked.status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_no_script_of_others(app, page):
    policy = app.test_client().get(page, headers=AS_A_BROWSER).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_machine_reads_a_problem_as_json(app):
    assert app.test_client().get("/problems/email-taken").json["status"] == 409
