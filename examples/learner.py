"""A learner's journey in Python: register, log in, follow a path to its end.

    pip install httpx
    python examples/learner.py http://127.0.0.1:8000

The class Service is what you would take into a program of your own.
"""

import sys
import time
import uuid

import httpx

PATH = "backend-with-flask"
ATTEMPTS = 10


class Refused(Exception):
    """The service said no; `problem` says why (RFC 9457), and its `type` is a page about it."""

    def __init__(self, problem):
        super().__init__(f"{problem['title']}: {problem['detail']}")
        self.problem = problem


class Service:
    """Asks the service, stays logged in, and waits when it is told to."""

    def __init__(self, address):
        self.http = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
        self.refresh_token = None

    def log_in(self, email, password):
        """Log in: from now on every request says who is asking."""
        self._keep(self.post("/users/login", {"email": email, "password": password}))

    def get(self, url):
        """Read something."""
        return self._ask("GET", url)

    def post(self, url, body):
        """Send something."""
        return self._ask("POST", url, body)

    def _ask(self, method, url, body=None):
        """Return the answer's JSON. Raises Refused."""
        for _ in range(ATTEMPTS):
            answer = self.http.request(method, url, json=body)
            if answer.status_code in (429, 503):  # too often, or too busy: it says how long to wait
                time.sleep(int(answer.headers.get("Retry-After", "1")))
            elif answer.status_code == 401 and self.refresh_token:  # the access token has expired
                self._refresh()
            else:
                break
        if answer.is_error:
            raise Refused(answer.json())
        return answer.json()

    def _refresh(self):
        """Spend the refresh token for a new pair. Each is good once, so keep the new one."""
        spent, self.refresh_token = self.refresh_token, None  # a 401 here means: log in again
        self._keep(self.post("/auth/refresh", {"refresh_token": spent}))

    def _keep(self, tokens):
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.refresh_token = tokens["refresh_token"]


def main(address):
    """Walk the whole way."""
    service = Service(address)
    me = {
        "name": "Ada Lovelace",
        "email": f"ada-{uuid.uuid4().hex[:8]}@example.org",
        "password": "correct horse battery",
    }
    service.post("/users/register", me)
    service.log_in(me["email"], me["password"])
    service.post(f"/paths/{PATH}/enrollments", {})

    # The service knows what comes next: which modules are locked, and which are optional.
    while upcoming := service.get(f"/users/me/paths/{PATH}")["next"]:
        module = upcoming["module"]
        outcome = service.post("/users/me/progress", {"module_id": module, "completed": True})
        print(f"{module}: done, and it unlocked {outcome['unlocked'] or 'nothing'}")

    standing = service.get(f"/users/me/paths/{PATH}")
    print(f"{PATH}: {standing['status']}, {standing['percent']} %")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
