"""The users of all tests. Each name always has the same role."""

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


# name → role
CAST = {
    "alice": "learner",
    "grace": "instructor",
    "ada": "admin",
    "mallory": "learner",  # has no rights to the data of the others
}
