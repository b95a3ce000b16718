"""Machine clients: programs that act within the scopes of an API key."""
