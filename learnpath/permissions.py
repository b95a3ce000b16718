"""The grammar of "who may": a permission, its holders, and the mark on every view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from .errors import Forbidden, Unauthorized

LEARNER = "learner"
INSTRUCTOR = "instructor"
ADMIN = "admin"
ROLES = (LEARNER, INSTRUCTOR, ADMIN)
SCOPES = (
    "progress:read",
    "progress:write",
    "enrollments:write",
    "catalogue:write",
    "reports:read",
    "users:read",
)

View = TypeVar("View", bound=Callable[..., Any])
Place = Mapping[str, Any]  # what the address names: {"user_id": 7}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is asking: a Person or a Machine. What does not apply is None."""

    user_id: int | None = None
    role: str | None = None
    session_id: int | None = None
    key_id: int | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Instructors and admins."""
        return self.role in (INSTRUCTOR, ADMIN)


@dataclass(frozen=True, kw_only=True)
class Person(Caller):
    """Somebody with a session."""

    user_id: int
    role: str
    session_id: int
    loaded: Any = None  # the columns that the account check brought along, if the view asked


@dataclass(frozen=True, kw_only=True)
class Machine(Caller):
    """A program with an API key; it acts for any user within its scopes."""

    key_id: int
    scopes: frozenset[str]


NOT_ASKED_YET = Caller()
WITH_A_TOKEN: list[dict[str, list[str]]] = [{"bearer": []}, {"password": []}]  # either of them

Holder = Callable[[Caller, Place], bool]


def anyone_logged_in(caller: Caller, place: Place) -> bool:
    """Hold for every person who sent a valid token."""
    return caller.user_id is not None


def themselves(caller: Caller, place: Place) -> bool:
    """Hold for the user whom the address names."""
    return caller.user_id is not None and bool(caller.user_id == place["user_id"])


def an_instructor(caller: Caller, place: Place) -> bool:
    """Hold for whoever teaches."""
    return caller.role == INSTRUCTOR


def an_admin(caller: Caller, place: Place) -> bool:
    """Hold for whoever administers."""
    return caller.role == ADMIN


def a_key_for(scope: str) -> Holder:
    """Make a holder that matches a machine client whose API key has `scope`."""

    def holder(caller: Caller, place: Place) -> bool:
        return scope in caller.scopes

    holder.__name__ = f"a key for {scope}"
    return holder


class Permission:
    """A sentence: `Permission("user:edit", themselves, an_admin)`."""

    def __init__(self, name: str, *holders: Holder) -> None:
        """Grant `name` to whoever satisfies one of `holders`."""
        self.name = name
        self.holders = holders

    def __str__(self) -> str:
        """Read the holders aloud: `themselves, an admin`."""
        return ", ".join(holder.__name__.replace("_", " ") for holder in self.holders)

    def allows(self, caller: Caller, place: Place) -> bool:
        """Tell whether `caller` holds this permission at `place`."""
        return any(holder(caller, place) for holder in self.holders)


Columns = Callable[[], tuple[Any, ...]]  # of the caller's account
Identify = Callable[[str, Columns | None], Caller]


class Guard:
    """Where features say how a caller is recognised: by token, by API key."""

    def __init__(self) -> None:
        self._ways: dict[str, Identify] = {}
        self.refusals: list[type[Unauthorized]] = []

    def identifies(
        self, prefix: str, or_raises: type[Unauthorized]
    ) -> Callable[[Identify], Identify]:
        """Register a function for credentials that start with `prefix`.

        It returns the Caller, or raises `or_raises` where the credentials do not hold.
        """

        def register(function: Identify) -> Identify:
            self._ways[prefix] = function
            self.refusals.append(or_raises)
            return function

        return register

    def identify(self, credentials: str, loads: Columns | None = None) -> Caller:
        """Return who sent `credentials`, asking the most specific way."""
        fitting = max(filter(credentials.startswith, self._ways), key=len)
        return self._ways[fitting](credentials, loads)


guard = Guard()


def requires(permission: Permission, *, loads: Columns | None = None) -> Callable[[View], View]:
    """Let only the holders of `permission` reach the view; it is the outermost decorator.

    401 without valid credentials and 403 without the permission come before any look at
    the body. `me` in the address becomes the caller's id here. A view about the caller's
    own account gets these columns from the account check (`loads`), as `the_person().loaded`.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **place: Any) -> Any:
            caller = the_caller(loads)
            if place.get("user_id") == "me":
                place["user_id"] = the_person().user_id  # a machine is nobody's `me`
            if not permission.allows(caller, place):
                raise Forbidden
            return view(*args, **place)

        return _marked(wrapper, permission, security=WITH_A_TOKEN)  # type: ignore[no-any-return]

    return decorator


def public(view: View) -> View:
    """Let anyone reach the view; credentials are not even looked at."""
    return _marked(view, None, security=[])  # type: ignore[no-any-return]


def open_to_all(view: View) -> View:
    """Let anyone reach the view; whoever sends credentials is recognised by `caller_if_any`."""
    return _marked(view, None, security=[{}, *WITH_A_TOKEN])  # type: ignore[no-any-return]


def caller_if_any(loads: Columns | None = None) -> Caller | None:
    """Return who is asking; None where the request carries no credentials.

    Raises Unauthorized where it carries some that do not hold.
    """
    caller: Caller | None = g.get("caller", NOT_ASKED_YET)
    if caller is NOT_ASKED_YET:
        caller = g.caller = _recognise(request.environ.get("HTTP_AUTHORIZATION"), loads)
    return caller


def the_caller(loads: Columns | None = None) -> Caller:
    """Return who is asking; raises Unauthorized for a stranger."""
    caller = caller_if_any(loads)
    if caller is None:
        raise Unauthorized
    return caller


def the_person() -> Person:
    """Return who is asking; raises Forbidden for a machine, which has no account."""
    caller = the_caller()
    if not isinstance(caller, Person):
        raise Forbidden
    return caller


def _recognise(header: str | None, loads: Columns | None) -> Caller | None:
    if header is None:
        return None
    scheme, _, credentials = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not credentials:
        raise Unauthorized
    return guard.identify(credentials.strip(), loads)


def _marked(view: Any, permission: Permission | None, security: list[Any]) -> Any:
    view.permission = permission
    told = getattr(view, "_apidoc", {})  # of the view as it is without this mark: leave it alone
    anyone = "anyone; whoever sends a token sees what is for them" if security else "anyone"
    view._apidoc = {
        **told,
        "who_may": str(permission) if permission else anyone,
        "manual_doc": {**told.get("manual_doc", {}), "security": security},
    }
    return view
