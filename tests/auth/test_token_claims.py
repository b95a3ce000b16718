"""What an access token claims, where it is signed with the right key."""

import json
import time

import pytest

from .forging import ABSENT, ask, decoded, encoded, forged, signed

PAST, FUTURE = 1_500_000_000, 4_000_000_000


# What is claimed, signed with the right key


@pytest.mark.parametrize("claim", ["exp", "iat", "jti", "type", "iss", "aud", "sub", "sid"])
def test_no_claim_may_be_missing_or_senseless(api, alice, claim):
    for value in (ABSENT, None, [], {}, 1e400, float("nan")):
        ask(api, f"Bearer {forged(alice.token, claims={claim: value})}")


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("exp", [PAST, FUTURE, 0, -1, True, "", 10**18, 10**400, 1e300, [FUTURE]]),
        ("nbf", [FUTURE, 10**18, 10**400, 1e400, float("nan"), "soon", None, []]),
        ("iat", [FUTURE, 10**18, 10**400, "now", [PAST]]),
        ("iss", ["somebody", "learnpath ", "LEARNPATH", ["learnpath"]]),
        ("aud", ["somebody", ["somebody", "else"], {"learnpath": 1}, 7]),
        ("type", ["refresh", "Access", ["access"]]),
        ("jti", [7, ["x"]]),
        ("sub", ["0", "999999", "-1", "+1", "1.0", "1_0", " 1", "1\x00", "١", "²", "", "me"]),
        ("sub", [1, "9" * 30, "9" * 1000, "1 OR 1=1", "admin"]),
        ("sid", [0, -1, 999999, 2**63, 10**400, -(2**63) - 1, True, 1.0, "1", "1 OR 1=1"]),
    ],
)
def test_a_false_claim_is_refused(api, alice, claim, values):
    for value in values:
        ask(api, f"Bearer {forged(alice.token, claims={claim: value})}")


def test_an_expiry_is_a_number(api, alice):
    soon = int(time.time()) + 600
    ask(api, f"Bearer {forged(alice.token, claims={'exp': soon})}", expect=200)
    ask(api, f"Bearer {forged(alice.token, claims={'exp': str(soon)})}")
    ask(api, f"Bearer {forged(alice.token, claims={'exp': [soon]})}")


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff", b"[" * 900])
def test_a_payload_that_is_no_object_is_refused(api, alice, payload):
    header = alice.token.partition(".")[0]
    ask(api, f"Bearer {signed(f'{header}.{encoded(payload)}')}")


def test_one_persons_session_does_not_open_for_another(api, alice, ada):
    claims = json.loads(decoded(ada.token.split(".")[1]))
    ask(api, f"Bearer {forged(alice.token, claims={'sub': claims['sub']})}")
    ask(api, f"Bearer {forged(alice.token, claims={'sid': claims['sid']})}")


def test_a_role_in_the_token_gives_nothing(api, alice):
    bearer = f"Bearer {forged(alice.token, claims={'role': 'admin', 'is_admin': True})}"
    assert ask(api, bearer, expect=200)["role"] == "learner"
    api.get("/users/", headers={"Authorization": bearer}, expect=403)
