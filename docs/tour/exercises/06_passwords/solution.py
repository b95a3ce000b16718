"""One possible solution."""

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

COST = {"opslimit": 2, "memlimit": 64 * 1024}  # passes, bytes; cheap, for the exercise
TODAY = "$argon2id$v=19$m=64,t=2,p=1$"  # the start of a hash with this cost


def hash_password(password):
    return argon2id.str(password.encode(), **COST).decode()


def check_password(password, stored):
    try:
        argon2id.verify(stored.encode(), password.encode())
    except CryptoError:
        return False, None
    return True, None if stored.startswith(TODAY) else hash_password(password)
