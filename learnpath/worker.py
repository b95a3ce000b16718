"""The gunicorn worker: threads, and a shutdown that drops no connection."""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A gthread worker that accepts the waiting connections before it stops.

    gunicorn's own worker stops accepting at SIGTERM, but closes its socket after its last response.
    Clients that connect in between wait in the socket's queue, and the kernel resets them when it
    closes. This worker accepts the whole queue and closes the socket at once. Later connections
    are refused, so a proxy tries the next node without having sent anything.
    """

    _is_closed = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """Start or stop accepting; when the worker stops, drain the queue and close the socket."""
        super().set_accept_enabled(enabled)
        if not self.alive and not self._is_closed:
            self._is_closed = True  # SIGTERM during the start calls this twice
            self._drain_and_close()

    def _drain_and_close(self) -> None:
        for listener in self.sockets:
            listener.setblocking(False)
            before = None
            while before != self.nr_conns:  # as long as another connection came in
                before = self.nr_conns
                self.accept(listener)
            listener.close()
