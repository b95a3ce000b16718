"""The thread in each worker process that sends queued emails, of all worker processes."""

import logging
import threading
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event

from ..db import db
from . import services

POLL_INTERVAL = 30.0  # seconds between two polls of the queue, unless woken

logger = logging.getLogger(__name__)


class MailWorker:
    """Sends queued emails in a daemon thread."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._wake = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Poll the queue now. The first call in a process starts the thread."""
        if self.app.config["MAIL_SENDER"] != "thread" or not self.app.config["MAIL_URL"]:
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait(POLL_INTERVAL)
            self._wake.clear()
            try:
                with self.app.app_context():
                    services.deliver()
                    db.session.remove()
            except Exception:  # the thread must go on; the next poll may succeed
                logger.exception("sending mail failed; trying again in %s s", POLL_INTERVAL)


def init_app(app: Flask) -> None:
    """Attach a MailWorker to `app`."""
    app.extensions["mail_worker"] = MailWorker(app)


@event.listens_for(db.session, "after_commit")
def _wake_after_commit(session: Any) -> None:
    if session.info.pop(services.QUEUED, False):
        current_app.extensions["mail_worker"].wake()
