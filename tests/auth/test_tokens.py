"""Access tokens, and how they are attacked: how they are sent and signed, and when they end."""

import time

import pytest
import time_machine

from learnpath.auth import tokens

from ..cast import PASSWORD
from .forging import ABSENT, INVALID, KEY, ask, decoded, encoded, forged


def test_the_forger_of_these_tests_can_forge(api, alice):
    assert ask(api, f"Bearer {forged(alice.token)}", expect=200)["id"] == alice.id


def test_a_refused_token_is_named_as_the_reason(api):
    assert ask(api, "Bearer garbage")["type"] == "/problems/invalid-token"
    assert api.last.headers["WWW-Authenticate"] == INVALID


# How it is sent


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "bearer "])
def test_the_scheme_has_no_case(api, alice, scheme):
    assert ask(api, f"{scheme} {alice.token}", expect=200)["id"] == alice.id


@pytest.mark.parametrize(
    "prefix",
    ["", "Basic ", "Digest ", "Token ", "JWT ", "Bearer: ", "Bearer,", "Bearer\u00a0", "Bearer"],
)
def test_no_other_scheme_opens(api, alice, prefix):
    ask(api, f"{prefix}{alice.token}")


def test_a_name_and_a_password_in_the_header_do_not_open(api, alice):
    ask(api, f"Basic {encoded(f'{alice.email}:{PASSWORD}'.encode())}")


@pytest.mark.parametrize("authorization", ["", " ", "Bearer", "Bearer ", "bearer  ", "Bearer null"])
def test_no_token_is_no_token(api, authorization):
    ask(api, authorization)


def test_a_token_is_taken_from_the_header_only(app, api, alice):
    api.get(f"/users/me?access_token={alice.token}&jwt={alice.token}", expect=401)
    api.get("/users/me", headers={"Cookie": f"access_token_cookie={alice.token}"}, expect=401)
    api.get("/users/me", headers={"X-Authorization": f"Bearer {alice.token}"}, expect=401)


@pytest.mark.parametrize(
    "garbage",
    [
        ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10",
        "\x00", "é.é.é", "%00", "lp_", "lr_1_0_" + "x" * 43, "x" * 100_000, "." * 100_000,
        "eyJhbGciOiJIUzI1NiJ9." * 5000, "' OR 1=1 --", "Bearer", "undefined",
        encoded(b'{"a":' * 300) + ".e30.e30", encoded(b"[" * 1000) + ".e30.e30", "\u202e", "💥",
    ],
    ids=lambda garbage: garbage[:12].encode("ascii", "backslashreplace").decode(),
)  # fmt: skip
@pytest.mark.exhaustive
def test_garbage_is_refused(api, garbage):
    ask(api, f"Bearer {garbage}".encode().decode("latin-1"))


def test_a_token_is_whole_or_it_is_nothing(api, alice):
    header, claims, signature = alice.token.split(".")
    for parts in (
        [header, claims], [header, claims, ""], [header, "", signature], ["", claims, signature],
        [claims, header, signature], [header, claims, signature, ""],
        [header, claims, "", "", signature], [header, claims, signature[:-2]],
        [header, claims, signature[::-1]], [header, claims, signature + "A"],
        [header, claims + "A", signature], [header, claims, "A" * 43],
    ):  # fmt: skip
        ask(api, f"Bearer {'.'.join(parts)}")


# What is signed


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "nOnE", "none ", "", None, 0, [], {}, ABSENT]
)
def test_a_token_must_be_signed(api, alice, alg):
    text, _, signature = forged(alice.token, header={"alg": alg}).rpartition(".")
    for end in ("", signature, "AA"):
        ask(api, f"Bearer {text}.{end}")


@pytest.mark.parametrize(("alg", "digest"), [("HS384", "sha384"), ("HS512", "sha512")])
def test_another_hash_is_refused_though_the_key_is_right(api, alice, alg, digest):
    ask(api, f"Bearer {forged(alice.token, header={'alg': alg}, digest=digest)}")
    ask(api, f"Bearer {forged(alice.token, digest=digest)}")


@pytest.mark.parametrize(
    "alg", ["RS256", "RS512", "PS256", "ES256", "ES256K", "EdDSA", "HS1", "hs256", "HS256 ", "HMAC"]
)
@pytest.mark.exhaustive
def test_another_algorithm_is_refused(api, alice, alg):
    ask(api, f"Bearer {forged(alice.token, header={'alg': alg})}")


@pytest.mark.parametrize("key", ["", "secret", "learnpath", KEY.upper(), KEY[:-1], KEY + "0"])
def test_another_key_is_refused(api, alice, key):
    ask(api, f"Bearer {forged(alice.token, key=key)}")
    if key:
        ask(api, f"Bearer {forged(alice.token, header={'kid': tokens.key_id(key)}, key=key)}")


def test_a_changed_payload_is_refused(api, alice, ada):
    header, _, signature = alice.token.split(".")
    ask(api, f"Bearer {header}.{ada.token.split('.')[1]}.{signature}")


def test_a_changed_header_is_refused(api, alice):
    header, claims, signature = alice.token.split(".")
    header = encoded(decoded(header).replace(b"JWT", b"jwt"))
    ask(api, f"Bearer {header}.{claims}.{signature}")


@pytest.mark.parametrize(
    "kid",
    [
        ABSENT, None, "", "unknown", 0, 1, True, [], {}, 1.5, "../../../../dev/null", "/dev/null",
        "' UNION SELECT 'x' --", "x" * 1000, "0" * 12, "\x00", "http://127.0.0.1/key",
    ],
)  # fmt: skip
@pytest.mark.exhaustive
def test_a_token_names_a_key_of_ours(api, alice, kid):
    ask(api, f"Bearer {forged(alice.token, header={'kid': kid})}")
    ask(api, f"Bearer {forged(alice.token, header={'kid': kid}, key='')}")


@pytest.mark.parametrize("place", ["jwk", "jku", "x5u", "x5c"])
def test_nobody_brings_a_key_along(api, alice, place):
    key = {"kty": "oct", "k": encoded(b"my own key"), "alg": "HS256"}
    brought = {
        "jwk": key, "jku": "http://127.0.0.1:9/jwks.json", "x5u": "http://127.0.0.1:9/x",
        "x5c": [encoded(b"my own key")],
    }  # fmt: skip
    ask(api, f"Bearer {forged(alice.token, header={place: brought[place]}, key='my own key')}")
    without_kid = {place: brought[place], "kid": ABSENT}
    ask(api, f"Bearer {forged(alice.token, header=without_kid, key='my own key')}")


@pytest.mark.parametrize("crit", [["exp"], ["urn:unknown"], [], "exp", None, 7, {}])
def test_a_token_that_demands_what_we_do_not_know_is_refused(api, alice, crit):
    ask(api, f"Bearer {forged(alice.token, header={'crit': crit, 'urn:unknown': True})}")


# Time, keys and accounts


def test_a_token_expires_after_its_hour_and_a_minute_for_the_clocks(api, alice):
    with time_machine.travel(time.time() + 3600 + 30):
        api.as_(alice).get("/users/me")
    with time_machine.travel(time.time() + 3600 + 90):
        ask(api, f"Bearer {alice.token}")
        assert api.last.headers["WWW-Authenticate"] == INVALID


def test_an_old_secret_is_accepted_until_it_is_dropped(api, alice, settings):
    settings(SECRET_KEY="0" * 32, SECRET_KEY_PREVIOUS=["1" * 32, KEY])
    api.as_(alice).get("/users/me")
    settings(SECRET_KEY_PREVIOUS=[])
    ask(api, f"Bearer {alice.token}")


def test_new_tokens_are_signed_with_the_new_secret(api, alice, settings):
    settings(SECRET_KEY="0" * 32, SECRET_KEY_PREVIOUS=[KEY])
    answer = api.post("/users/login", {"email": alice.email, "password": PASSWORD})
    settings(SECRET_KEY_PREVIOUS=[])
    ask(api, f"Bearer {answer['access_token']}", expect=200)


def test_whoever_is_removed_is_out_at_once(api, alice, ada):
    api.as_(ada).delete(f"/users/{alice.id}")
    ask(api, f"Bearer {alice.token}")


def test_whoever_is_deactivated_is_out_at_once(api, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    ask(api, f"Bearer {alice.token}")


def test_a_new_role_acts_at_once(api, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "admin"})
    api.as_(alice).get("/users/")
    api.as_(alice).patch(f"/users/{ada.id}/role", {"role": "learner"})
    api.as_(ada).get("/users/", expect=403)
