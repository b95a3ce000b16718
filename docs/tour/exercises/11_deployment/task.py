"""Write a client that survives a restart of the service."""


def ask_patiently(ask, sleep, tries=4):
    """Return the first response that is not 503, or the last one.

    `ask()` sends a request and returns `(status, headers)`. While a node restarts or the
    database is unavailable, the status is 503, and the header Retry-After has the seconds to
    wait, as text (without the header, wait 1 second). `sleep(seconds)` waits. Send at most
    `tries` requests, and do not wait after the last one.
    """
    return ask()
