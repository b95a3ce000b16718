"""gunicorn's settings: `gunicorn -c python:learnpath.server wsgi:app`."""

import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import suppress
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

# The cores that this process may use; a quota of processor time does not show here.
if hasattr(os, "sched_getaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
else:
    _cores = list(range(multiprocessing.cpu_count()))

bind = f"{_settings['HOST']}:{_settings['PORT']}"
worker_class = "learnpath.worker.Worker"  # threads
workers = _settings["WEB_CONCURRENCY"] or len(_cores)
threads = _settings["THREADS"]
timeout = 60  # seconds a worker may be silent
graceful_timeout = 30  # seconds to finish what has begun
keepalive = 5  # seconds
control_socket_disable = True  # a second gunicorn of the same user would take it over


class logger_class(Logger):  # type: ignore[misc]  # noqa: N801 - the name of the setting
    """gunicorn's logger without its access log: the service writes one line per request."""

    def access(self, *_: Any) -> None:
        """Write nothing."""


_pins = hasattr(os, "sched_setaffinity") and _settings["PIN_WORKERS"] and workers % len(_cores) == 0


def pre_fork(server: Any, worker: Any) -> None:
    """Choose the core with the fewest workers, and leave what is loaded to all of them.

    What is frozen is not looked at by a worker's garbage collector, so its memory stays shared.
    """
    gc.collect()
    gc.freeze()
    present = Counter(getattr(other, "core", None) for other in server.WORKERS.values())
    worker.core = min(_cores, key=lambda core: present[core])


def post_fork(_server: Any, worker: Any) -> None:
    """Stay on one core, where there are as many for each: Python runs one thread at a time anyway.

    Threads that take turns on several cores fetch everything from each other's caches.
    """
    if _pins:
        with suppress(OSError):  # forbidden here, or the core is no longer ours: do without
            os.sched_setaffinity(0, {worker.core})


def on_reload(_server: Any) -> None:
    """Forget the service's code, so that the new workers take in what is there now.

    They are forked from this process, which has imported it for these settings. Only the byte
    that says whether the service ends stays the same.
    """
    gc.unfreeze()
    ours = [name for name in sys.modules if name.partition(".")[0] == "learnpath"]
    for name in ours:
        if name != shutdown.__name__:
            del sys.modules[name]


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
