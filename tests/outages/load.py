"""People who report and read as long as a test lasts, and remember each answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import httpx

PATIENCE = 20  # seconds until a learner calls a request hanging


@dataclass
class Learners:
    """Each has a thread, a token and a list of modules that were acknowledged."""

    url: str
    tokens: list[str]
    answers: list[tuple[float, float, str, httpx.Response]] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)

    def __enter__(self) -> Learners:
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._learn, args=(token,)) for token in self.tokens
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _learn(self, token: str) -> None:
        done = self.acknowledged[token] = []
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE) as client:
            step = 0
            while not self._over.is_set():
                step += 1
                module = f"module-{step}"
                report = {"module_id": module, "completed": True}
                if self._ask(client, "POST", "/users/me/progress", json=report):
                    done.append(module)
                self._ask(client, "GET", "/users/me")
                time.sleep(0.02)

    def _ask(self, client: httpx.Client, verb: str, url: str, **more: object) -> bool:
        began = time.monotonic()
        answer = client.request(verb, f"/api/v1{url}", **more)
        self.answers.append((began, time.monotonic(), verb, answer))
        return answer.status_code == 200

    def until_written(self, since: float) -> None:
        """Wait for a write that succeeded after `since`."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for _, ended, verb, answer in list(self.answers):
                if verb == "POST" and ended >= since and answer.status_code == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("no write succeeded any more")

    def faults(self) -> list[str]:
        """Say which answers are neither a success nor a 503 with Retry-After, and what hung."""
        return [
            f"{verb} {answer.status_code} after {ended - began:.1f} s: {answer.text[:200]}"
            for began, ended, verb, answer in self.answers
            if not _is_fine(answer) or ended - began > 6
        ]

    def lost(self) -> list[str]:
        """Return what was acknowledged and is not there."""
        missing = []
        for token, modules in self.acknowledged.items():
            me = f"{self.url}/api/v1/users/me"
            headers = {"Authorization": f"Bearer {token}"}
            there = httpx.get(me, headers=headers).raise_for_status().json()["progress"]
            missing += [module for module in modules if module not in there]
        return missing


def _is_fine(answer: httpx.Response) -> bool:
    return answer.status_code == 200 or (
        answer.status_code == 503 and "Retry-After" in answer.headers
    )
