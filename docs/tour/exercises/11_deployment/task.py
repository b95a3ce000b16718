"""Be a client that survives a restart of the service."""


def ask_patiently(ask, sleep, tries=4):
    """Return the first answer that is not 503, or the last one.

    `ask()` sends a request and returns `(status, headers)`. While a node restarts or the
    database is away the answer is 503, with the seconds to wait in the header Retry-After (a
    text; where it is missing, wait 1). `sleep(seconds)` waits. Ask at most `tries` times, and
    do not wait after the last time.
    """
    return ask()
