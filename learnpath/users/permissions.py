"""Who may see or change a person."""

from ..permissions import Permission, an_admin, anyone_logged_in, themselves

LIST_USERS = Permission("users:list", an_admin)
CREATE_USER = Permission("users:create", an_admin)
READ_ME = Permission("users:me", anyone_logged_in)
READ_USER = Permission("users:read", themselves, an_admin)
EDIT_USER = Permission("users:edit", themselves, an_admin)
REMOVE_USER = Permission("users:remove", themselves, an_admin)
