"""The service answers under any host name, unless TRUSTED_HOSTS lists those that are allowed."""

import pytest

HOSTS = [
    "learn.example.org",
    "localhost:8000",
    "127.0.0.1",
    "[::1]:80",
    "under_score",
    "b\u00fccher",
]


@pytest.mark.parametrize("host", HOSTS)
def test_without_a_list_every_host_is_served(app, host):
    answer = app.test_client().get("/api/v1/paths", headers={"Host": host})
    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize("host", ["learn.example.org", "a.example.com", "a.example.com:8000"])
def test_a_trusted_host_is_served(app, settings, host):
    settings(TRUSTED_HOSTS=["learn.example.org", ".example.com"])
    assert app.test_client().get("/api/v1/paths", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.org", "example.org", "learn.example.org.evil.org"])
def test_any_other_host_is_refused(app, settings, host):
    settings(TRUSTED_HOSTS=["learn.example.org", ".example.com"])
    answer = app.test_client().get("/api/v1/paths", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json["type"] == "/problems/bad-request"
