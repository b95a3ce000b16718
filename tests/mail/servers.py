"""Real SMTP servers on the loopback."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ..live_server import free_port

AUTHORITY = trustme.CA()  # created for each run, and not trusted by the system


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    return context


class Postman:
    """Takes mail while its door is open, and remembers whether it came encrypted."""

    def __init__(self) -> None:
        self.door = threading.Event()
        self.door.set()
        self.emails: list[EmailMessage] = []
        self.were_encrypted: list[bool] = []
        self.passwords: list[tuple[str, str]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's
        if address.startswith("full@"):
            return "550 this mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.door.wait(20)
        self.emails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.were_encrypted.append(session.ssl is not None)
        return "250 taken"

    def check(self, server, session, envelope, mechanism, data) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        self.passwords.append(given)
        return AuthResult(success=given == ("learn path", "p@ss/word"), handled=False)


@contextmanager
def smtp_server(postman: Postman, ssl_context: Any = None, **options: Any) -> Iterator[int]:
    """Serve until the block ends; gives the port."""
    server = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=ssl_context,
        authenticator=postman.check,
        **options,
    )
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
