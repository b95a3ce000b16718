"""Who may list and end sessions."""

from ..permissions import Permission, an_admin, anyone_logged_in

MANAGE_OWN_SESSIONS = Permission("sessions:own", anyone_logged_in)
READ_SESSIONS = Permission("sessions:read", an_admin)
