"""Two nodes behind the nginx that ships: what slow, forging and unlucky clients get."""

import time

import httpx
import pytest

from chaos.load import CLIENT, send, verify_reports
from chaos.nodes import NGINX_FAIL_TIMEOUT, wait_until
from chaos.slow import slow_clients

pytestmark = pytest.mark.exhaustive


def test_slow_clients_keep_nobody_waiting(stack):
    (alice,) = stack.crowd.take(1)
    with slow_clients(stack.url, 60):
        time.sleep(1)
        answers = [send("GET", f"{stack.url}/api/v1/users/me", alice) for _ in range(40)]
    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) < 5, "somebody waited for the slow ones"


def test_a_forged_address_does_not_evade_the_count_of_failed_logins(stack):
    def guess(number):
        body = {"email": f"nobody{number}@example.org", "password": "not the password"}
        forged = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"}
        return CLIENT.post(f"{stack.url}/api/v1/users/login", json=body, headers=forged).status_code

    assert [guess(number) for number in range(7)] == [401] * 5 + [429] * 2


def test_nginx_names_each_request_and_both_logs_know_the_name(stack):
    answer = CLIENT.get(f"{stack.url}/api/v1/modules", headers={"X-Request-ID": "forged-by-me"})
    (name,) = answer.headers.get_list("X-Request-ID")
    assert name != "forged-by-me"
    log = stack.nginx.folder / "access.log"
    wait_until(lambda: name in log.read_text(), "nginx to write its log")


def test_what_nginx_refuses_itself_looks_like_any_refusal(stack):
    large = CLIENT.post(f"{stack.url}/api/v1/users/login", content=b" " * (1024 * 1024 + 1))
    hidden = CLIENT.get(f"{stack.url}/metrics")
    for answer, status in ((large, 413), (hidden, 404)):
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert CLIENT.get(stack.url + answer.json()["type"]).status_code == 200


def test_a_node_that_dies_costs_clients_that_retry_nothing(stack):
    with stack.crowd.reporting(stack.url, retries=True, pause=0.02) as learners:
        time.sleep(0.5)
        stack.nodes[1].kill()
        time.sleep(0.5)
        stack.nodes[1].start()
        time.sleep(NGINX_FAIL_TIMEOUT)
    outcome = verify_reports(learners, stack.url)
    assert outcome.acknowledged > 20
    assert (outcome.lost, outcome.partial, outcome.given_up) == (0, 0, 0)


@pytest.mark.parametrize("how", ["terminate", "reload"])
def test_nodes_that_restart_one_after_the_other_drop_nothing(stack, how):
    with stack.crowd.reporting(stack.url, pause=0.02) as learners:
        for node in stack.nodes:
            if how == "reload":
                node.reload()
                continue
            node.stop()
            node.start()
            time.sleep(NGINX_FAIL_TIMEOUT)
    outcome = verify_reports(learners, stack.url)
    assert outcome.acknowledged > 20
    assert {answer.status for answer in outcome.answers} == {200}, stack.nginx.log_excerpt()
    assert outcome.lost == 0


def test_when_no_node_is_left_nginx_says_come_again(stack):
    for node in stack.nodes:
        node.stop()
    answer = CLIENT.get(f"{stack.url}/api/v1/modules")
    for node in stack.nodes:
        node.start()
    assert answer.status_code == answer.json()["status"] == 503
    assert answer.headers["Retry-After"] == "1"
    httpx.get(f"{stack.url}/api/v1/modules").raise_for_status()
