"""Modules: the units of learning, created by staff or first reported by learners."""
