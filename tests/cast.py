"""The people in every test. Their names always mean the same."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "correct horse battery"
SECRET_KEY = "5e1a7c0f9b3d48e2a6f4c8d0b7e91f35"


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    email: str
    token: str
    password: str = PASSWORD


# name → role and what they are there for
CAST = {
    "alice": "learner",  # learns
    "grace": "instructor",  # teaches
    "ada": "admin",  # administers
    "mallory": "learner",  # has no rights to anything of the others
}
