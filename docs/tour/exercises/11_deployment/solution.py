"""One possible solution."""


def ask_patiently(ask, sleep, tries=4):
    for remaining in reversed(range(tries)):
        status, headers = ask()
        if status != 503 or not remaining:
            break
        sleep(int(headers.get("Retry-After", 1)))
    return status, headers
