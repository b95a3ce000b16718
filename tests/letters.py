"""A letterbox that sends what is queued when somebody looks into it."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Flask

from learnpath.gateways.mail import NullGateway
from learnpath.mail import services as mail

TOKEN = re.compile(r"^  ([A-Za-z0-9_-]{43})$", re.MULTILINE)


class Letterbox:
    """`letterbox.token_for(alice)` is what the newest letter to Alice carries."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.gateway = NullGateway()

    def letters(self) -> list[EmailMessage]:
        with self.app.app_context():
            mail.deliver(self.gateway)
        return self.gateway.sent

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters() if letter["To"] == address]

    def token_for(self, address: str) -> str:
        return token_in(self.letters_to(address)[-1])


def text_of(letter: EmailMessage, subtype: str = "plain") -> str:
    return letter.get_body((subtype,)).get_content()


def token_in(letter: EmailMessage) -> str:
    return TOKEN.search(text_of(letter))[1]
