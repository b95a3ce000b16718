"""gunicorn's settings and hooks: `gunicorn -c python:learnpath.server wsgi:app`."""

import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from typing import Any

from dotenv import load_dotenv
from gunicorn.glogging import Logger

from learnpath.config import ConfigError, load, metrics_dir, set_metrics_dir
from learnpath.health import shutdown
from learnpath.observability.logs import configuration
from learnpath.settings import PROJECT_ROOT

load_dotenv(PROJECT_ROOT / ".env")  # gunicorn does not read .env
try:
    _settings = load()
except ConfigError as error:
    sys.exit(f"learnpath cannot start. {error}")

# The cores that this process may use. A quota of CPU time is not visible here.
_can_pin = hasattr(os, "sched_setaffinity")
_cores = sorted(os.sched_getaffinity(0) if _can_pin else range(multiprocessing.cpu_count()))

bind = f"{_settings['HOST']}:{_settings['PORT']}"
worker_class = "learnpath.worker.Worker"  # threads
workers = _settings["WEB_CONCURRENCY"] or len(_cores)
threads = _settings["THREADS"]
timeout = 60  # seconds without a heartbeat after which a worker is killed
graceful_timeout = 30  # seconds that a stopping worker has for its running requests
keepalive = 5  # seconds
control_socket_disable = True  # a second gunicorn of the same user would take it over
logconfig_dict = configuration(_settings)


class logger_class(Logger):  # type: ignore[misc]  # noqa: N801 - the name of the setting
    """gunicorn's logger without the access log: the service logs each request itself."""

    def access(self, *_: Any) -> None:
        """Write nothing."""


# Python runs one thread of a process at a time. Threads that take turns on several cores copy the
# interpreter's data from cache to cache: a request then takes 1.3 to 1.6 times the CPU time.
_pin_workers = _can_pin and workers % len(_cores) == 0

_replaced: list[set[int]] = []  # during a reload: per new worker, the old ones it replaces
_has_reloaded = False


def on_starting(_server: Any) -> None:
    """Make the directory in which the workers add up their metrics."""
    if _settings["METRICS_TOKEN"]:
        set_metrics_dir(tempfile.mkdtemp(prefix="learnpath-metrics-"))


def when_ready(server: Any) -> None:
    """Log the URL, and make SIGTERM turn `/health/ready` to 503 before the workers stop."""
    server.handle_term = shutdown.with_drain(server.handle_term, _settings["SHUTDOWN_DELAY"])
    server.log.info("The API, to try out: http://%s/docs", bind)


def on_reload(server: Any) -> None:
    """Let old and new workers run side by side.

    gunicorn stops the old workers as soon as the new ones are forked, about a second before they
    can serve. With room for all of them it stops none: each new worker does, when it is ready.
    """
    global _has_reloaded  # noqa: PLW0603 - one gunicorn in a process
    _has_reloaded = True
    old = list(server.WORKERS)
    _replaced[:] = [set(old[number::workers]) for number in range(workers)]
    server.num_workers += len(old)


def pre_fork(server: Any, worker: Any) -> None:
    """Choose the core with the fewest workers, and share what is loaded with the new worker.

    The garbage collector ignores frozen objects, so the memory pages that hold them stay shared.
    """
    gc.collect()
    gc.freeze()
    used = Counter(getattr(other, "core", None) for other in server.WORKERS.values())
    worker.core = min(_cores, key=lambda core: used[core])
    worker.replaces = _replaced.pop(0) if _replaced else set()


def post_fork(_server: Any, worker: Any) -> None:
    """Pin the worker to its core. After a reload, let it import the code that is on the disk.

    `python:learnpath.server` imports the package into gunicorn's master, and forks inherit it.
    `shutdown` is not imported again: the master shares its flag with all workers.
    """
    if _pin_workers:
        with suppress(OSError):  # forbidden here, or the core is gone
            os.sched_setaffinity(0, {worker.core})
    if _has_reloaded:
        for name in list(sys.modules):
            if name.partition(".")[0] == "learnpath" and name != shutdown.__name__:
                del sys.modules[name]


def post_worker_init(worker: Any) -> None:
    """Stop the workers that this one replaces, and send the emails that they left in the queue."""
    for pid in worker.replaces:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    worker.wsgi.extensions["mail_worker"].wake()


def worker_exit(_server: Any, worker: Any) -> None:
    """Exit with status 1 if new code does not start; at the usual status gunicorn shuts down."""
    if worker.pid == os.getpid() and _has_reloaded and not worker.booted:
        sys.exit(1)


def child_exit(server: Any, worker: Any) -> None:
    """Reduce the number of workers when an old one has stopped, or a new one has not started."""
    for other in server.WORKERS.values():
        if worker.pid in other.replaces:
            other.replaces.remove(worker.pid)
            server.num_workers -= 1
    if worker.replaces:
        server.num_workers -= 1
        for pid in worker.replaces & server.WORKERS.keys():
            server.WORKERS[pid].age = worker.age  # gunicorn waits for the older ones to stop
        server.log.error("A new worker did not start; the old one keeps serving")
    if metrics_dir():
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - see metrics

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Remove the directory of the metrics."""
    if directory := metrics_dir():
        shutil.rmtree(directory, ignore_errors=True)
