"""API keys: programs that act within scopes instead of logging in as a user."""
