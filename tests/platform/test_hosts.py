"""A request for a host that is not ours: a scanner's, or a proxy's that nobody configured."""

import logging

import pytest
from django.core import mail
from django.test import Client


@pytest.mark.parametrize("path", ["/", "/api/v1/me/", "/assets/none.js"])
def test_a_wrong_host_is_one_line_in_the_log(path: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client().get(path, headers={"host": "evil.example"})
    assert answer.status_code == 400
    (line,) = caplog.records
    assert (line.levelno, line.exc_info) == (logging.WARNING, None)
    assert "evil.example" in line.getMessage()
    assert "BOXWRIGHT_HOSTS" in line.getMessage()
    assert not mail.outbox


def test_a_wrong_host_is_a_problem_to_scripts() -> None:
    answer = Client().get("/api/v1/me/", headers={"host": "evil.example"})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 400


@pytest.mark.parametrize(
    "host", ["evil.example:80:80", "a b", "ü.example", "x" * 5000], ids=["ports", "space", "letter", "long"]
)
def test_a_host_that_is_none_is_refused_alike(host: str, caplog: pytest.LogCaptureFixture) -> None:
    assert Client().get("/", headers={"host": host}).status_code == 400
    (line,) = caplog.records
    assert line.exc_info is None
    assert len(line.getMessage()) < 400
