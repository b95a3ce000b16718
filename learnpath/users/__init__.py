"""User accounts: profiles, roles, status and removal."""
