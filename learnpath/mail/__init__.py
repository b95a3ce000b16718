"""Emails: queued in the transaction that causes them, and sent after the commit."""
