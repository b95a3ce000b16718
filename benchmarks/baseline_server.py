"""Settings of gunicorn for the baseline: those of the service."""
