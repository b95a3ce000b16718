"""A learner in Python: register, log in, complete a path.

    pip install httpx
    python examples/learner.py http://127.0.0.1:8000

Copy the class Service into your own program.
"""

import sys
import time
import uuid

import httpx

PATH = "backend-with-flask"
ATTEMPTS = 10


class Refused(Exception):
    """The service refused a request; `problem` says why (RFC 9457)."""

    def __init__(self, problem):
        super().__init__(f"{problem['title']}: {problem['detail']}")
        self.problem = problem


class Service:
    """Sends requests, refreshes the login, and waits when the service is busy."""

    def __init__(self, address):
        self.http = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
        self.refresh_token = None

    def log_in(self, email, password):
        """Log in, for all later requests."""
        self._store(self.post("/users/login", {"email": email, "password": password}))

    def get(self, url):
        """Send a GET request."""
        return self._send("GET", url)

    def post(self, url, body):
        """Send a POST request."""
        return self._send("POST", url, body)

    def _send(self, method, url, body=None):
        """Return the JSON of the response. Raises Refused."""
        for _ in range(ATTEMPTS):
            response = self.http.request(method, url, json=body)
            if response.status_code in (429, 503):  # too many requests, or busy
                time.sleep(int(response.headers.get("Retry-After", "1")))
            elif response.status_code == 401 and self.refresh_token:  # the access token has expired
                self._refresh()
            else:
                break
        if response.is_error:
            raise Refused(response.json())
        return response.json()

    def _refresh(self):
        """Exchange the refresh token for new tokens. Each is valid once, so store the new one."""
        body = {"refresh_token": self.refresh_token}
        self.refresh_token = None  # a 401 for this request means: log in again
        self._store(self.post("/auth/refresh", body))

    def _store(self, tokens):
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.refresh_token = tokens["refresh_token"]


def main(address):
    """Register, log in, and complete the path."""
    service = Service(address)
    me = {
        "name": "Ada Lovelace",
        "email": f"ada-{uuid.uuid4().hex[:8]}@example.org",
        "password": "correct horse battery",
    }
    service.post("/users/register", me)
    service.log_in(me["email"], me["password"])
    service.post(f"/paths/{PATH}/enrollments", {})

    # The service returns the next module: one that is not locked, required ones first.
    while upcoming := service.get(f"/users/me/paths/{PATH}")["next"]:
        module = upcoming["module"]
        outcome = service.post("/users/me/progress", {"module_id": module, "completed": True})
        print(f"{module}: done, and it unlocked {outcome['unlocked'] or 'nothing'}")

    progress = service.get(f"/users/me/paths/{PATH}")
    print(f"{PATH}: {progress['status']}, {progress['percent']} %")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
