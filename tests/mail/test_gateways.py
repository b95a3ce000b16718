"""Handing mail over: to a mail server, to the console, into a folder."""

import smtplib
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from learnpath.gateways.mail import NullGateway, open_gateway

from ..letters import text_of
from .servers import AUTHORITY, Postman, free_port, smtp_server, tls

LOGIN = f"{quote('learn path')}:{quote('p@ss/word', safe='')}@"


@pytest.fixture
def letter():
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
    """This machine trusts whoever signs for the servers in these tests."""
    with AUTHORITY.cert_pem.tempfile() as path:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        yield


def send(letter, port, login="", scheme="smtp"):
    open_gateway(f"{scheme}://{login}127.0.0.1:{port}").send(letter)


def test_a_mail_server_gets_text_and_html(letter, postman):
    with smtp_server(postman) as port:
        send(letter, port)
    assert postman.letters[0]["Subject"] == "Grüße"
    assert postman.letters[0]["To"] == "alice@example.org"
    assert text_of(postman.letters[0]).strip() == "Hello Älice"
    assert text_of(postman.letters[0], "html").strip() == "<p>Hello Älice</p>"


def test_mail_is_encrypted_where_the_server_offers_it(letter, postman, trusted):
    with smtp_server(postman, tls_context=tls()) as port:
        send(letter, port)
    assert postman.were_encrypted == [True]


def test_a_password_goes_over_starttls(letter, postman, trusted):
    with smtp_server(postman, tls_context=tls()) as port:
        send(letter, port, LOGIN)
    assert postman.passwords == [("learn path", "p@ss/word")]
    assert postman.were_encrypted == [True]


def test_a_password_goes_over_smtps(letter, postman, trusted):
    with smtp_server(postman, ssl_context=tls(), auth_require_tls=False) as port:
        send(letter, port, LOGIN, scheme="smtps")
    assert postman.passwords == [("learn path", "p@ss/word")]
    assert len(postman.letters) == 1


def test_a_password_never_goes_over_an_open_wire(letter, postman):
    with (
        smtp_server(postman, auth_require_tls=False) as port,
        pytest.raises(smtplib.SMTPNotSupportedError),
    ):
        send(letter, port, LOGIN)
    assert postman.passwords == []
    assert postman.letters == []


@pytest.mark.parametrize("login", ["", LOGIN])
def test_a_server_that_cannot_show_who_it_is_gets_nothing(letter, postman, login):
    with (
        smtp_server(postman, tls_context=tls()) as port,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        send(letter, port, login)
    assert postman.passwords == []
    assert postman.letters == []


def test_a_wrong_password_is_an_error(letter, postman, trusted):
    with (
        smtp_server(postman, tls_context=tls()) as port,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        send(letter, port, "learn%20path:wrong@")
    assert postman.letters == []


def test_a_refused_recipient_is_an_error(letter, postman):
    letter.replace_header("To", "full@example.org")
    with smtp_server(postman) as port, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(letter, port)


def test_a_server_that_is_gone_is_an_error(letter):
    with pytest.raises(ConnectionRefusedError):
        send(letter, free_port())


def test_the_console_shows_the_text(letter, capsys):
    open_gateway("console:").send(letter)
    assert capsys.readouterr().err == "--- mail to alice@example.org: Grüße\nHello Älice\n---\n"


def test_a_folder_gets_one_file_per_letter(letter, tmp_path):
    folder = open_gateway(f"file://{quote(str(tmp_path / 'out box'))}")
    folder.send(letter)
    folder.send(letter)
    files = list((tmp_path / "out box").glob("*.eml"))
    assert len(files) == 2
    found = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert text_of(found, "html") == "<p>Hello Älice</p>\n"


def test_without_a_url_mail_goes_nowhere(letter):
    nowhere = open_gateway("")
    nowhere.send(letter)
    assert isinstance(nowhere, NullGateway)


@pytest.mark.parametrize("url", ["ftp://host", "mail.example.org", "http://host:25"])
def test_a_url_of_another_kind_is_refused(url):
    with pytest.raises(ValueError, match="use smtp, smtps, console or file"):
        open_gateway(url)
