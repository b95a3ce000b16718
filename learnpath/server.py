"""gunicorn's settings: `gunicorn -c python:learnpath.server wsgi:app`."""

import multiprocessing
import shutil
import sys
import tempfile
from typing import Any

from dotenv import load_dotenv
from gunicorn.glogging import Logger

from learnpath.config import PROJECT_ROOT, BadSetting, load, metrics_folder, share_metrics
from learnpath.health import shutdown
from learnpath.logs import configuration

load_dotenv(PROJECT_ROOT / ".env")  # gunicorn reads no .env of its own
try:
    _settings = load()
except BadSetting as wrong:
    sys.exit(f"learnpath cannot start. {wrong}")

bind = f"{_settings['HOST']}:{_settings['PORT']}"
worker_class = "learnpath.worker.Worker"  # threads
workers = _settings["WEB_CONCURRENCY"] or multiprocessing.cpu_count()
threads = _settings["THREADS"]
timeout = 60  # seconds a worker may be silent
graceful_timeout = 30  # seconds to finish what has begun
keepalive = 5  # seconds
control_socket_disable = True  # a second gunicorn of the same user would take it over


class logger_class(Logger):  # type: ignore[misc]  # noqa: N801 - the name of the setting
    """gunicorn's logger without its access log: the service writes one line per request."""

    def access(self, *_: Any) -> None:
        """Write nothing."""


def post_worker_init(worker: Any) -> None:
    """Send the letters that an earlier process left behind."""
    worker.wsgi.extensions["mail_sender"].wake()


logconfig_dict = configuration(_settings)


def on_starting(_server: Any) -> None:
    """Give the workers a fresh folder in which they add up their counters."""
    if _settings["METRICS_ENABLED"]:
        share_metrics(tempfile.mkdtemp(prefix="learnpath-metrics-"))


def child_exit(_server: Any, worker: Any) -> None:
    """Keep what a worker counted, and forget what it held."""
    if metrics_folder():
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - see metrics

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Clear away the folder of the counters."""
    if folder := metrics_folder():
        shutil.rmtree(folder, ignore_errors=True)


def when_ready(server: Any) -> None:
    """Say where to look, and let a balancer know before the end that it comes."""
    server.handle_term = shutdown.announced(server.handle_term, _settings["SHUTDOWN_DELAY"])
    server.log.info("The API, to try out: http://%s/docs", bind)
