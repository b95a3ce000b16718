"""Explain a refusal to the person in front of the screen."""


def advice(problem):
    """Return one sentence that says what to do about a refusal.

    `problem` is the body of the answer: `type`, `title`, `status`, `detail`, and sometimes more.
    Decide by `type` and `status`, which never change, and not by the words of `detail`.

    - 401: to log in again
    - 415: to send the header `Content-Type: application/json`
    - 422: which fields are wrong; their names are the keys of `errors`
    - `/problems/module-locked`: which modules come first; their names stand in `blocked_by`
    - anything else: its `detail`
    """
    return problem["detail"]
