"""One way to do it."""


def is_completed(events):
    def latest(wanted):
        return max((moment for _id, moment, kind in events if kind == wanted), default=None)

    completed, reopened = latest("completed"), latest("reopened")
    if completed is None:
        return False
    return reopened is None or completed >= reopened
