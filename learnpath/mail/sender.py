"""The thread in each worker that sends queued letters, also those of a worker that died."""

from __future__ import annotations

import logging
import threading
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event

from ..extensions import db
from . import services

PAUSE = 30.0  # seconds between two looks at the queue, unless woken

logger = logging.getLogger(__name__)


class Sender:
    """Sends what is queued as long as the process lives."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._news = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look at the queue now; starts the thread on the first call in a process."""
        if self.app.config["MAIL_SENDER"] != "thread" or not self.app.config["MAIL_URL"]:
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()
        self._news.set()

    def _run(self) -> None:
        while True:
            self._news.wait(PAUSE)
            self._news.clear()
            try:
                with self.app.app_context():
                    services.deliver()
                    db.session.remove()
            except Exception:  # the thread must live on; the next look may find things mended
                logger.exception("sending mail failed; trying again in %s s", PAUSE)


def init_app(app: Flask) -> None:
    """Give `app` its sender."""
    app.extensions["mail_sender"] = Sender(app)


@event.listens_for(db.session, "after_commit")
def _wake_after_commit(session: Any) -> None:
    if session.info.pop(services.NEWS, False):
        current_app.extensions["mail_sender"].wake()
