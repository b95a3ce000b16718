"""Return the same result for every order of the events."""


def is_completed(events):
    """Return whether a module is completed, from all events about it.

    An event is `(id, moment, kind)`, and kind is "completed" or "reopened". The event with the
    latest moment decides; at equal moments "completed" wins. A phone without network may send its
    events late, twice and in any order: that must not change the result. The code below wrongly
    uses the event that arrives last.
    """
    completed = False
    for _id, _moment, kind in events:
        completed = kind == "completed"
    return completed
