"""Password resets and email verification with tokens that are sent by email."""
