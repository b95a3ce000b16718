"""Check a password against a stored hash, and notice hashes that have become too weak."""

from argon2 import PasswordHasher

HASHER = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)  # cheap, for the exercise


def check_password(password, stored):
    """Return two things: whether `password` made `stored`, and a better hash or None.

    - Whatever stands in `stored`, rubbish too, the answer for a wrong password is
      `(False, None)`; nothing is raised. argon2 raises `VerificationError` and
      `InvalidHashError`, both from `argon2.exceptions`.
    - A right password whose hash was made with other parameters than HASHER's comes with a new
      hash: `HASHER.check_needs_rehash` tells. Only a login knows the password, so there is no
      other moment to do this.
    """
    return HASHER.verify(stored, password), None
