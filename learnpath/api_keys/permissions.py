"""Who may manage API keys."""

from ..permissions import Permission, an_admin

MANAGE_KEYS = Permission("api-keys:manage", an_admin)
