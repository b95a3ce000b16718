"""One mailbox, one spelling: how email addresses are checked and compared."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

EMAIL_MAX = 254  # characters; RFC 5321 4.5.3.1.3


def checked(address: str) -> str:
    """Return the canonical spelling of a valid `address`; raise ValueError with the reason.

    The part before the @ must be ASCII, so that no look-alike letter can pass for
    somebody else's address. No look-up in the DNS is made.
    """
    try:
        found = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return found.normalized.lower()


def canonical(address: str) -> str:
    """Return the spelling under which an account with this `address` is found.

    Never fails: an account that came from an older system may have an address that
    could not be registered today. Plain ASCII is not parsed for that: nothing but its case can be
    spelled otherwise.
    """
    if address.isascii() and "xn--" not in address.lower():  # which hides other letters
        return address.strip().lower()
    try:
        return checked(address)
    except ValueError:
        return unicodedata.normalize("NFC", address.strip()).lower()
