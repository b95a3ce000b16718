"""Who may read and write notes: their author only."""

from ..permissions import Permission, themselves

READ_NOTES = Permission("notes:read", themselves)
WRITE_NOTES = Permission("notes:write", themselves)
