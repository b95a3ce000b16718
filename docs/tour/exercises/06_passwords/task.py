"""Check a password against a stored hash, and notice hashes that have become too weak."""

from nacl.pwhash import argon2id

COST = {"opslimit": 2, "memlimit": 64 * 1024}  # passes, bytes; cheap, for the exercise
TODAY = "$argon2id$v=19$m=64,t=2,p=1$"  # how a hash begins that was made at this cost


def hash_password(password):
    """Return a hash of `password` as text."""
    return argon2id.str(password.encode(), **COST).decode()


def check_password(password, stored):
    """Return two things: whether `password` made `stored`, and a better hash or None.

    - Whatever stands in `stored`, rubbish too, the answer for a wrong password is
      `(False, None)`; nothing is raised. `argon2id.verify` raises a `CryptoError`, from
      `nacl.exceptions`.
    - A right password whose hash does not begin like those of TODAY comes with a new one. Only a
      login knows the password, so there is no other moment to do this.
    """
    return argon2id.verify(stored.encode(), password.encode()), None
