"""Paths: ordered lists of modules."""
