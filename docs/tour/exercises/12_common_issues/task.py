"""Explain a problem to a user."""


def advice(problem):
    """Return one sentence that says how to solve a problem.

    `problem` is the body of the response: `type`, `title`, `status`, `detail`, and sometimes more
    fields. Decide by `type` and `status`, which never change, not by the text of `detail`.

    - 401: log in again
    - 415: send the header `Content-Type: application/json`
    - 422: which fields are wrong; their names are the keys of `errors`
    - `/problems/module-locked`: which modules to do first; their names are in `blocked_by`
    - any other: its `detail`
    """
    return problem["detail"]
