"""Who follows which path."""
