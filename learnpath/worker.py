"""The gunicorn worker: threads, and an end that cuts nobody off."""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers whoever has been let in, and closes the door at once.

    A gthread worker that is asked to end stops accepting, and keeps its socket open until its
    last answer is sent. Whoever connects meanwhile waits in the socket's queue and is cut off
    when it closes. This one takes the queue in and then closes: who comes later is refused, and
    a proxy in front asks the next node, without having sent anything.
    """

    _is_closed = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not; the last time, clear the queue and close."""
        super().set_accept_enabled(enabled)
        if not self.alive and not self._is_closed:
            self._is_closed = True  # who is asked to end at the very start comes here twice
            self._close_the_door()

    def _close_the_door(self) -> None:
        for listener in self.sockets:
            listener.setblocking(False)
            before = None
            while before != self.nr_conns:  # as long as another one came in
                before = self.nr_conns
                self.accept(listener)
            listener.close()
