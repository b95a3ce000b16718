"""Proving who you are: passwords, tokens, sessions."""
