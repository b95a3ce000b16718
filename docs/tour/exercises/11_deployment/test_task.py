"""A patient client waits as long as it is told, and not forever."""

import pytest

from .task import ask_patiently

OK = (200, {})
BUSY = (503, {"Retry-After": "3"})
DOWN = (503, {})


@pytest.fixture
def service():
    """A service that gives these answers, and notes what happened."""

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
def test_an_answer_is_an_answer(service, answer):
    assert service.gives(answer) == answer
    assert (service.asked, service.waited) == (1, [])


def test_it_waits_as_long_as_it_is_told(service):
    assert service.gives(BUSY, DOWN, OK) == OK
    assert service.waited == [3, 1]


def test_it_gives_up_in_the_end(service):
    assert service.gives(BUSY) == BUSY
    assert (service.asked, service.waited) == (4, [3, 3, 3])
