"""gunicorn's settings for the limit: those of the service."""

from learnpath.server import (  # noqa: F401
    bind,
    control_socket_disable,
    graceful_timeout,
    keepalive,
    logger_class,
    post_fork,
    pre_fork,
    threads,
    timeout,
    worker_class,
    workers,
)
