"""Who may call a view: permissions, their predicates, and the authentication of callers."""

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
ViewArgs = Mapping[str, Any]  # the variable parts of the URL: {"user_id": 7}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The sender of a request: a UserCaller or an ApiClient. What does not apply is None."""

    user_id: int | None = None
    role: str | None = None
    session_id: int | None = None
    key_id: int | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Return whether the caller is an instructor or an admin."""
        return self.role in (INSTRUCTOR, ADMIN)


@dataclass(frozen=True, kw_only=True)
class UserCaller(Caller):
    """A user with a session."""

    user_id: int
    role: str
    session_id: int
    account: Any = None  # the `columns` that the view asked for


@dataclass(frozen=True, kw_only=True)
class ApiClient(Caller):
    """A program with an API key. It acts for any user within its scopes."""

    key_id: int
    scopes: frozenset[str]


UNSET = Caller()
TOKEN_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"password": []}]  # either of them

Predicate = Callable[[Caller, ViewArgs], bool]


def anyone_logged_in(caller: Caller, view_args: ViewArgs) -> bool:
    """Allow every user with a valid token."""
    return caller.user_id is not None


def themselves(caller: Caller, view_args: ViewArgs) -> bool:
    """Allow the user in the URL."""
    return caller.user_id is not None and bool(caller.user_id == view_args["user_id"])


def an_instructor(caller: Caller, view_args: ViewArgs) -> bool:
    """Allow every instructor."""
    return caller.role == INSTRUCTOR


def an_admin(caller: Caller, view_args: ViewArgs) -> bool:
    """Allow every admin."""
    return caller.role == ADMIN


def a_key_for(scope: str) -> Predicate:
    """Return a predicate that allows an API key with `scope`."""

    def predicate(caller: Caller, view_args: ViewArgs) -> bool:
        return scope in caller.scopes

    predicate.__name__ = f"a key for {scope}"
    return predicate


class Permission:
    """A name and the predicates that grant it: `Permission("user:edit", themselves, an_admin)`."""

    def __init__(self, name: str, *predicates: Predicate) -> None:
        """Grant `name` to a caller for which one of `predicates` is true."""
        self.name = name
        self.predicates = predicates

    def __str__(self) -> str:
        """Return the predicates in words: `themselves, an admin`."""
        return ", ".join(predicate.__name__.replace("_", " ") for predicate in self.predicates)

    def allows(self, caller: Caller, view_args: ViewArgs) -> bool:
        """Return whether `caller` has this permission for the URL of the request."""
        return any(predicate(caller, view_args) for predicate in self.predicates)


Columns = Callable[[], tuple[Any, ...]]  # of the caller's account
Authenticate = Callable[[str, Columns | None], Caller]


class Authenticator:
    """The registry of credentials: access tokens and API keys, by their prefix."""

    def __init__(self) -> None:
        self._schemes: dict[str, Authenticate] = {}
        self.problems: list[type[Unauthorized]] = []

    def register(
        self, prefix: str, or_raises: type[Unauthorized]
    ) -> Callable[[Authenticate], Authenticate]:
        """Register a function for credentials that start with `prefix`.

        It returns the Caller, or raises `or_raises` if the credentials are invalid.
        """

        def decorator(function: Authenticate) -> Authenticate:
            self._schemes[prefix] = function
            self.problems.append(or_raises)
            return function

        return decorator

    def authenticate(self, credentials: str, columns: Columns | None = None) -> Caller:
        """Return the sender of `credentials`, by the scheme with the longest matching prefix."""
        prefix = max(filter(credentials.startswith, self._schemes), key=len)
        return self._schemes[prefix](credentials, columns)


authenticator = Authenticator()


def annotate(view: View, **attributes: Any) -> View:
    """Set attributes on a view, for the documentation; `functools.wraps` copies them outwards."""
    vars(view).update(attributes)
    return view


def requires(permission: Permission, *, columns: Columns | None = None) -> Callable[[View], View]:
    """Admit only callers with `permission` to the view; this is the outermost decorator.

    Responds 401 without valid credentials and 403 without the permission, before the body is
    validated. Replaces `me` in the URL by the caller's id. The query that checks the account
    also selects `columns`, which the view finds in `current_user().account`.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **view_args: Any) -> Any:
            caller = current_caller(columns)
            if view_args.get("user_id") == "me":
                view_args["user_id"] = current_user().user_id  # 403 for an API key
            if not permission.allows(caller, view_args):
                raise Forbidden
            return view(*args, **view_args)

        return annotate(wrapper, permission=permission, security=TOKEN_SECURITY)  # type: ignore[return-value]

    return decorator


def public(view: View) -> View:
    """Admit every request to the view and ignore its credentials."""
    return annotate(view, permission=None, security=[])


def optional_auth(view: View) -> View:
    """Admit every request to the view, which may call `current_caller_or_none`."""
    return annotate(view, permission=None, security=[{}, *TOKEN_SECURITY])


def current_caller_or_none(columns: Columns | None = None) -> Caller | None:
    """Return the caller, or None for a request without credentials.

    Raises Unauthorized for invalid credentials.
    """
    caller: Caller | None = g.get("caller", UNSET)
    if caller is UNSET:
        caller = g.caller = _authenticate(request.environ.get("HTTP_AUTHORIZATION"), columns)
    return caller


def current_caller(columns: Columns | None = None) -> Caller:
    """Return the caller. Raises Unauthorized for a request without valid credentials."""
    caller = current_caller_or_none(columns)
    if caller is None:
        raise Unauthorized
    return caller


def current_user() -> UserCaller:
    """Return the caller if it is a user. Raises Forbidden for an API key."""
    caller = current_caller()
    if not isinstance(caller, UserCaller):
        raise Forbidden
    return caller


def _authenticate(header: str | None, columns: Columns | None) -> Caller | None:
    if header is None:
        return None
    scheme, _, credentials = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not credentials:
        raise Unauthorized
    return authenticator.authenticate(credentials.strip(), columns)
