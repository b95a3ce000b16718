"""The client waits for the seconds of Retry-After, and gives up at some point."""

import pytest

from .task import ask_patiently

OK = (200, {})
BUSY = (503, {"Retry-After": "3"})
DOWN = (503, {})


@pytest.fixture
def service():
    """A service that sends given responses, and records requests and waits."""

    class Service:
        def __init__(self):
            self.answers, self.asked, self.waited = [], 0, []

        def ask(self):
            self.asked += 1
            return self.answers[min(self.asked, len(self.answers)) - 1]

        def gives(self, *answers):
            self.answers = answers
            return ask_patiently(self.ask, self.waited.append)

    return Service()


@pytest.mark.parametrize("answer", [OK, (404, {}), (500, {})])
def test_any_other_status_is_returned(service, answer):
    assert service.gives(answer) == answer
    assert (service.asked, service.waited) == (1, [])


def test_it_waits_for_the_seconds_of_retry_after(service):
    assert service.gives(BUSY, DOWN, OK) == OK
    assert service.waited == [3, 1]


def test_it_gives_up_in_the_end(service):
    assert service.gives(BUSY) == BUSY
    assert (service.asked, service.waited) == (4, [3, 3, 3])
