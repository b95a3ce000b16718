"""Handing mail over: to a mail server, to the console, into a folder."""

import smtplib
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from learnpath.mail.gateways import InMemoryGateway, open_gateway

from ..live_server import free_port
from ..mailbox import text_of
from .servers import AUTHORITY, Postman, smtp_server, tls

LOGIN = f"{quote('learn path')}:{quote('p@ss/word', safe='')}@"


@pytest.fixture
def email():
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["From"] = "learnpath@example.org"
    message["To"] = "alice@example.org"
    message.set_content("Hello Älice\n")
    message.add_alternative("<p>Hello Älice</p>\n", subtype="html")
    return message


@pytest.fixture
def postman():
    return Postman()


@pytest.fixture
def trusted(monkeypatch):
    """This machine trusts the authority that signs for the servers in these tests."""
    with AUTHORITY.cert_pem.tempfile() as path:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        yield


def send(email, port, login="", scheme="smtp"):
    open_gateway(f"{scheme}://{login}127.0.0.1:{port}").send(email)


def test_a_mail_server_gets_text_and_html(email, postman):
    with smtp_server(postman) as port:
        send(email, port)
    assert postman.emails[0]["Subject"] == "Grüße"
    assert postman.emails[0]["To"] == "alice@example.org"
    assert text_of(postman.emails[0]).strip() == "Hello Älice"
    assert text_of(postman.emails[0], "html").strip() == "<p>Hello Älice</p>"


def test_mail_is_encrypted_where_the_server_offers_it(email, postman, trusted):
    with smtp_server(postman, tls_context=tls()) as port:
        send(email, port)
    assert postman.were_encrypted == [True]


def test_a_password_goes_over_starttls(email, postman, trusted):
    with smtp_server(postman, tls_context=tls()) as port:
        send(email, port, LOGIN)
    assert postman.passwords == [("learn path", "p@ss/word")]
    assert postman.were_encrypted == [True]


def test_a_password_goes_over_smtps(email, postman, trusted):
    with smtp_server(postman, ssl_context=tls(), auth_require_tls=False) as port:
        send(email, port, LOGIN, scheme="smtps")
    assert postman.passwords == [("learn path", "p@ss/word")]
    assert len(postman.emails) == 1


def test_a_password_never_goes_over_an_open_wire(email, postman):
    with (
        smtp_server(postman, auth_require_tls=False) as port,
        pytest.raises(smtplib.SMTPNotSupportedError),
    ):
        send(email, port, LOGIN)
    assert postman.passwords == []
    assert postman.emails == []


@pytest.mark.parametrize("login", ["", LOGIN])
def test_a_server_that_cannot_show_who_it_is_gets_nothing(email, postman, login):
    with (
        smtp_server(postman, tls_context=tls()) as port,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        send(email, port, login)
    assert postman.passwords == []
    assert postman.emails == []


def test_a_wrong_password_is_an_error(email, postman, trusted):
    with (
        smtp_server(postman, tls_context=tls()) as port,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        send(email, port, "learn%20path:wrong@")
    assert postman.emails == []


def test_a_refused_recipient_is_an_error(email, postman):
    email.replace_header("To", "full@example.org")
    with smtp_server(postman) as port, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(email, port)


def test_a_server_that_is_gone_is_an_error(email):
    with pytest.raises(ConnectionRefusedError):
        send(email, free_port())


def test_the_console_shows_the_text(email, capsys):
    open_gateway("console:").send(email)
    assert capsys.readouterr().err == "--- mail to alice@example.org: Grüße\nHello Älice\n---\n"


def test_a_folder_gets_one_file_per_email(email, tmp_path):
    folder = open_gateway(f"file://{quote(str(tmp_path / 'out box'))}")
    folder.send(email)
    folder.send(email)
    files = list((tmp_path / "out box").glob("*.eml"))
    assert len(files) == 2
    found = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert text_of(found, "html") == "<p>Hello Älice</p>\n"


def test_without_a_url_mail_goes_nowhere(email):
    nowhere = open_gateway("")
    nowhere.send(email)
    assert isinstance(nowhere, InMemoryGateway)


@pytest.mark.parametrize("url", ["ftp://host", "mail.example.org", "http://host:25"])
def test_a_url_of_another_kind_is_refused(url):
    with pytest.raises(ValueError, match="use smtp, smtps, console or file"):
        open_gateway(url)
