"""Who may make keys for machines."""

from ..permissions import Permission, an_admin

MANAGE_KEYS = Permission("api-keys:manage", an_admin)
