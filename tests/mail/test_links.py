"""The links in emails lead to the console or to another front end."""

import pytest

from ..mailbox import text_of

NEW = "new@example.com"


@pytest.fixture
def invitation(api, ada, make, mailbox):
    """Invite an address without an account, and return the email as text and as HTML."""
    make.path("python", ["loops"])

    def invitation():
        api.as_(ada).post("/enrollments/bulk", {"paths": ["python"], "emails": [NEW]})
        (email,) = mailbox.emails_to(NEW)
        return text_of(email), text_of(email, "html")

    return invitation


@pytest.mark.parametrize("public_url", ["https://learn.example.org", "https://learn.example.org/"])
def test_an_invitation_links_to_the_registration_of_the_console(invitation, settings, public_url):
    settings(PUBLIC_URL=public_url)
    text, html = invitation()
    assert "https://learn.example.org/app#/register" in text.split()
    assert 'href="https://learn.example.org/app#/register"' in html


def test_without_an_address_of_the_service_an_invitation_has_no_link(invitation):
    text, html = invitation()
    assert "Register with this email address" in text
    assert "href" not in html
