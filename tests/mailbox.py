"""A mailbox that sends the queued emails when it is read."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Flask

from learnpath.mail import services as mail
from learnpath.mail.gateways import InMemoryGateway

TOKEN = re.compile(r"^  ([A-Za-z0-9_-]{43})$", re.MULTILINE)


class Mailbox:
    """`mailbox.token_for(alice)` is what the newest email to Alice carries."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.gateway = InMemoryGateway()

    def emails(self) -> list[EmailMessage]:
        with self.app.app_context():
            mail.deliver(self.gateway)
        return self.gateway.sent

    def emails_to(self, address: str) -> list[EmailMessage]:
        return [email for email in self.emails() if email["To"] == address]

    def token_for(self, address: str) -> str:
        return token_in(self.emails_to(address)[-1])


def text_of(email: EmailMessage, subtype: str = "plain") -> str:
    return email.get_body((subtype,)).get_content()


def token_in(email: EmailMessage) -> str:
    return TOKEN.search(text_of(email))[1]
