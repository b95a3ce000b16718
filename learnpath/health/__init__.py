"""Liveness, readiness, version and metrics of a running process."""
