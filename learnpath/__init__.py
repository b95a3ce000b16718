"""learnpath: learning paths and learner progress, as a small service."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Any

gc.disable()  # hardly anything that is imported is garbage, and looking for it takes long

from flask import Flask, Request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from . import (
    answers,
    config,
    cors,
    errors,
    extensions,
    headers,
    logs,
    maintenance,
    metrics,
    slow_queries,
    throttle,
    trouble,
)
from .activity.routes import blp as activity
from .api_keys import listeners as _api_keys_listen  # noqa: F401
from .api_keys.routes import blp as api_keys
from .auth import cli as _auth_adds_a_command  # noqa: F401
from .auth import listeners as _auth_listens  # noqa: F401
from .auth.recovery_routes import blp as recovery
from .auth.routes import blp as auth
from .enrollments import listeners as _enrollments_listen  # noqa: F401
from .enrollments.cli import enrollments as enrollments_commands
from .enrollments.routes import blp as enrollments
from .health.routes import blp as health
from .insight.routes import blp as insight
from .mail import sender
from .mail.cli import mail as mail_commands
from .modules.routes import blp as modules
from .moving import cli as _moving_adds_a_command  # noqa: F401
from .operations import cli as operations
from .paths.cli import paths as paths_commands
from .paths.routes import blp as paths
from .progress import listeners as _progress_listens  # noqa: F401
from .progress.cli import progress as progress_commands
from .progress.exempting_routes import blp as exemptions
from .progress.routes import blp as progress
from .seeding.cli import seed
from .site.routes import blp as site
from .users.cli import users as users_commands
from .users.routes import blp as users

gc.freeze()  # and it stays
gc.enable()

VERSION = "0.1.0"


class Service(Flask):
    """Flask, without asking of every function in every request whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: nothing here is one."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Look at the path alone: the service answers by whatever name it is called."""
        if request is None:
            return None
        return MapAdapter(
            self.url_map,
            server_name="",
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
        )


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the service: the one place where everything meets.

    `settings` go before the environment. Raises config.BadSetting with one sentence for
    each setting that is wrong.
    """
    app = Service(__name__, static_folder=None)  # the site has its own
    loaded = config.load(settings)
    app.config.from_mapping(loaded)
    app.config.from_mapping(config.for_extensions(loaded), VERSION=VERSION)
    app.json = answers.JSONProvider(app)
    app.session_interface = answers.NoCookies()
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0
        )

    logs.init_app(app)
    headers.init_app(app)
    extensions.init_app(app)
    errors.init_app(app)
    trouble.init_app(app)
    cors.init_app(app)
    metrics.init_app(app)
    slow_queries.init_app(app)
    throttle.init_app(app)
    maintenance.init_app(app)
    sender.init_app(app)

    for feature in (
        auth,
        recovery,
        paths,
        modules,
        enrollments,
        progress,
        exemptions,
        activity,
        insight,
        users,
        api_keys,
    ):  # the order in which the documentation shows them
        prefix = f"/api/v1{feature.url_prefix or ''}"
        extensions.rest.register_blueprint(feature, url_prefix=prefix)
    app.register_blueprint(site)
    app.register_blueprint(health)

    for command in (
        users_commands,
        mail_commands,
        paths_commands,
        enrollments_commands,
        progress_commands,
        seed,
        *operations.commands,
    ):
        app.cli.add_command(command)
    return app
