"""Who may see notes: whoever wrote them, and nobody else."""

from ..permissions import Permission, themselves

READ_NOTES = Permission("notes:read", themselves)
WRITE_NOTES = Permission("notes:write", themselves)
