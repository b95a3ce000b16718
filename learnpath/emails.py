"""Validate email addresses and compare their spellings."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

EMAIL_MAX = 254  # characters; RFC 5321 4.5.3.1.3


def normalize(address: str) -> str:
    """Return the canonical spelling of a valid `address`; raise ValueError with the reason.

    The part before the @ must be ASCII, so that an address with a confusable letter cannot
    impersonate another one. No DNS query is made.
    """
    try:
        result = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return result.normalized.lower()


def canonicalize(address: str) -> str:
    """Return the spelling of `address` that identifies an account.

    Never fails: an account from an earlier system may have an address that is invalid today.
    Only the case of an ASCII address can vary, so it is not parsed.
    """
    if address.isascii() and "xn--" not in address.lower():  # Punycode encodes other letters
        return address.strip().lower()
    try:
        return normalize(address)
    except ValueError:
        return unicodedata.normalize("NFC", address.strip()).lower()
