"""Filling an empty service: the curriculum that ships with it, and learners for a demonstration."""
