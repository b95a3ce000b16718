"""Authentication: login, access tokens, sessions and password recovery."""
