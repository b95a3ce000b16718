"""Who may see or change a user."""

from ..enrollments.permissions import an_instructor_of_this_learner
from ..permissions import Permission, a_key_for, an_admin, anyone_logged_in, themselves

LIST_USERS = Permission("users:list", an_admin, a_key_for("users:read"))
CREATE_USER = Permission("users:create", an_admin)
READ_ME = Permission("users:me", anyone_logged_in)
READ_USER = Permission(
    "users:read", themselves, an_instructor_of_this_learner, an_admin, a_key_for("users:read")
)
EDIT_USER = Permission("users:edit", themselves, an_admin)
REMOVE_USER = Permission("users:remove", themselves, an_admin)
MANAGE_ROLES = Permission("users:roles", an_admin)
