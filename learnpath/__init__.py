"""learnpath: learning paths and learner progress, as a small service."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import config, db, errors, extensions, rate_limits
from .activity.routes import blp as activity
from .api_keys import listeners as _api_keys_listen  # noqa: F401
from .api_keys.routes import blp as api_keys
from .auth import cli as _auth_adds_a_command  # noqa: F401
from .auth import listeners as _auth_listens  # noqa: F401
from .auth.recovery.routes import blp as recovery
from .auth.routes import blp as auth
from .demo.cli import seed
from .enrollments import listeners as _enrollments_listen  # noqa: F401
from .enrollments.cli import enrollments as enrollments_commands
from .enrollments.routes import blp as enrollments
from .health.routes import blp as health
from .legacy_import import cli as _legacy_import_adds_a_command  # noqa: F401
from .mail import sender
from .mail.cli import mail as mail_commands
from .modules.routes import blp as modules
from .observability import logs, metrics
from .operations import cli as operations
from .paths import listeners as _paths_listen  # noqa: F401
from .paths.cli import paths as paths_commands
from .paths.routes import blp as paths
from .progress import listeners as _progress_listens  # noqa: F401
from .progress.cli import progress as progress_commands
from .progress.events.routes import blp as progress_events
from .progress.exemptions.routes import blp as exemptions
from .progress.routes import blp as progress
from .reports.routes import blp as reports
from .site.routes import blp as site
from .users.cli import users as users_commands
from .users.routes import blp as users
from .web import cors, database_errors, read_only, responses, security_headers
from .web.app import Service

VERSION = "0.1.0"


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Create the application.

    `settings` override the environment. Raises ConfigError, with a sentence for each setting
    that is wrong.
    """
    app = Service(__name__, static_folder=None)  # the site has its own
    loaded = config.load(settings)
    app.config.from_mapping(loaded)
    app.config.from_mapping(config.for_extensions(loaded), VERSION=VERSION)
    app.json = responses.JSONProvider(app)
    app.session_interface = responses.NullSessionInterface()
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0
        )

    logs.init_app(app)
    security_headers.init_app(app)
    metrics.init_app(app, multiprocess=bool(config.metrics_dir()))
    db.init_app(app)
    extensions.init_app(app)
    errors.init_app(app)
    database_errors.init_app(app)
    cors.init_app(app)
    rate_limits.init_app(app)
    read_only.init_app(app)
    sender.init_app(app)

    _register_blueprints(app)
    _register_commands(app)
    return app


def _register_blueprints(app: Flask) -> None:
    """Register every feature, in the order in which the OpenAPI document shows them."""
    for blp in (
        auth,
        recovery,
        paths,
        modules,
        enrollments,
        progress,
        progress_events,
        exemptions,
        activity,
        reports,
        users,
        api_keys,
    ):
        extensions.rest.register_blueprint(blp, url_prefix=f"/api/v1{blp.url_prefix or ''}")
    app.register_blueprint(site)
    app.register_blueprint(health)


def _register_commands(app: Flask) -> None:
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
