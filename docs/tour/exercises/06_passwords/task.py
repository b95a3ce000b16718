"""Verify a password, and replace a hash that has become too weak."""

from nacl.pwhash import argon2id

COST = {"opslimit": 2, "memlimit": 64 * 1024}  # passes, bytes; cheap, for the exercise
TODAY = "$argon2id$v=19$m=64,t=2,p=1$"  # the start of a hash with this cost


def hash_password(password):
    """Return a hash of `password` as text."""
    return argon2id.str(password.encode(), **COST).decode()


def check_password(password, stored):
    """Return two values: whether `password` matches `stored`, and a new hash or None.

    - For a wrong password, and for any invalid `stored`, return `(False, None)` and raise
      nothing. `argon2id.verify` raises a `CryptoError` of `nacl.exceptions`.
    - For the right password with a hash that does not start with TODAY, also return a new hash.
      Only a login has the password, so this is the only time to replace the hash.
    """
    return argon2id.verify(stored.encode(), password.encode()), None
