"""Walk a learner through the path `python-developer` and write down how far they are at each step.

`python -m tools.walkthrough http://127.0.0.1:8000` asks a running service, and prints what
docs/walkthrough.md holds.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from typing import Any

import httpx

API = "/api/v1"
PATH = "python-developer"
HEADER = """# A path, walked from beginning to end

Somebody registers, joins the path `python-developer` of the curriculum that ships, and does what
the service says comes next, until nothing does. Each line is the roll-up after one more module
(`GET /users/me/paths/python-developer`): the percent of the required modules (rule 6), how many
are still locked (rule 7), the minutes left, and what comes next. Optional modules come last: the
path is completed before them.

Written by `python -m tools.walkthrough`; a test walks the same way.

| done | percent | required | locked | minutes left | status | next |
|---|---|---|---|---|---|---|"""


def walk(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """Register, enroll and do every module in the order that the service says; yield roll-ups."""
    me = {
        "name": "Wanda Walker",
        "email": f"wanda-{uuid.uuid4().hex[:8]}@example.org",
        "password": "one foot before the other",
    }
    ask(client, "POST", "/users/register", me)
    login = {"email": me["email"], "password": me["password"]}
    token = ask(client, "POST", "/users/login", login)["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    ask(client, "POST", f"/paths/{PATH}/enrollments", {})
    done = "–"
    while True:
        roll_up = ask(client, "GET", f"/users/me/paths/{PATH}")
        yield {**roll_up, "done": done}
        if roll_up["next"] is None:
            return
        done = roll_up["next"]["module"]
        ask(client, "POST", "/users/me/progress", {"module_id": done, "completed": True})


def ask(client: httpx.Client, method: str, url: str, body: Any = None) -> Any:
    """Return the JSON of an answer; raises httpx.HTTPStatusError for a refusal."""
    return client.request(method, API + url, json=body).raise_for_status().json()


def line(roll_up: dict[str, Any]) -> str:
    """Return one roll-up as a row of the table."""
    following = roll_up["next"]["module"] if roll_up["next"] else "–"
    required = f"{roll_up['required_done']} of {roll_up['required']}"
    locked = sum(place["locked"] for place in roll_up["modules"])
    cells = (
        roll_up["done"],
        roll_up["percent"],
        required,
        locked,
        roll_up["minutes_left"],
        roll_up["status"],
        following,
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Print the page."""
    with httpx.Client(base_url=sys.argv[1]) as client:
        print(HEADER)
        for roll_up in walk(client):
            print(line(roll_up))


if __name__ == "__main__":
    main()
