"""Where emails are sent: to an SMTP server, the console, a folder or a list in memory."""

import smtplib
import ssl
import sys
import uuid
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 10  # seconds


class MailGateway(Protocol):
    """Sends a message."""

    def send(self, message: EmailMessage) -> None:
        """Send `message`. Raises OSError, of which smtplib's errors are subclasses."""


class SmtpGateway:
    """Sends through an SMTP server, over TLS (smtps) or with STARTTLS if the server offers it."""

    def __init__(self, url: str) -> None:
        """Read host, port, user and password from `smtp://user:password@host:587`."""
        parts = urlsplit(url)
        self.is_encrypted = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.is_encrypted else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        """Send over one connection. Raises OSError.

        A password is never sent unencrypted: if there is one and the server offers no STARTTLS,
        this raises OSError.
        """
        tls = ssl.create_default_context()
        server: smtplib.SMTP
        if self.is_encrypted:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        with server:
            server.ehlo()
            if not self.is_encrypted and (self.user or server.has_extn("starttls")):
                server.starttls(context=tls)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


class ConsoleGateway:
    """Prints emails to stderr, for development."""

    def send(self, message: EmailMessage) -> None:
        """Print recipient, subject and plain text."""
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        print(f"--- mail to {message['To']}: {message['Subject']}\n{text}---", file=sys.stderr)


class FileGateway:
    """Writes each email to its own file, for development and for tests."""

    def __init__(self, url: str) -> None:
        """Read the folder from `file:///folder`."""
        self.folder = Path(unquote(urlsplit(url).path))

    def send(self, message: EmailMessage) -> None:
        """Write an .eml file, which a mail client can open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{uuid.uuid4().hex}.eml").write_bytes(message.as_bytes())


class InMemoryGateway:
    """Stores emails in a list, for tests and for services without mail."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Add `message` to `sent`."""
        self.sent.append(message)


def open_gateway(url: str) -> MailGateway:
    """Return the gateway that MAIL_URL names. Raises ValueError for an unknown scheme."""
    scheme = urlsplit(url).scheme
    if scheme in ("smtp", "smtps"):
        return SmtpGateway(url)
    if scheme == "console":
        return ConsoleGateway()
    if scheme == "file":
        return FileGateway(url)
    if not url:
        return InMemoryGateway()
    raise ValueError(
        f"MAIL_URL: {scheme or url} is not supported; use smtp, smtps, console or file."
    )
