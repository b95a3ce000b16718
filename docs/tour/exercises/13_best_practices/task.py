"""Come to the same result, in whatever order the news arrives."""


def is_completed(events):
    """Tell whether a module is completed, from everything that was reported about it.

    An event is `(id, moment, kind)`, and kind is "completed" or "reopened". The latest moment
    decides; at equal moments "completed" wins. A phone without network may send its events
    late, twice and in any order: none of that may make a difference. This function believes
    whatever comes last.
    """
    completed = False
    for _id, _moment, kind in events:
        completed = kind == "completed"
    return completed
