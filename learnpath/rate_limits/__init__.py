"""Rate limits for failed logins and other abuse, counted over all workers and nodes."""

from .services import Limit, TooManyRequests, check, client_ip, hit, init_app, purge

__all__ = ["Limit", "TooManyRequests", "check", "client_ip", "hit", "init_app", "purge"]
