"""Waiving a module for a learner, and skipping optional modules."""
