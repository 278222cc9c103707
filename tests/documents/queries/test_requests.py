from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known, value_or
from imagelint.core.source import Span
from imagelint.documents.queries.requests import addresses, only_connects, requested_paths
from imagelint.documents.shell.script import Word


def word(text: str) -> Word:
    return Word(Span(0, len(text)), text, UNKNOWN if "$" in text else Known(text))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("curl localhost:8000/v1/x", ["/v1/x"]),
        ("curl -sf -X POST -d '/v1/no' http://a/v1/x?a=/b#c | grep /v1/no", ["/v1/x"]),
        ('curl --url "$HOST:$PORT/v1/x" -H "Referer: /v1/no"', ["/v1/x"]),
        ("curl ${URL}/v1/x || exit 1", ["/v1/x"]),
        ("curl -I localhost/v1/x", []),
        ("curl localhost:8000", []),
        ("wget -qO- localhost:8000/v1/x --post-data '/v1/no'", ["/v1/x"]),
        ("wget -q --spider localhost:8000/v1/x", []),
        ("http POST :8000/v1/x prompt=a", ["/v1/x"]),
        ("python3 -c \"import requests; requests.post('http://a:1/v1/x')\"", ["/v1/x"]),
        ('python -c \'c.request("POST", "/v1/x")\'', ["/v1/x"]),
        ("python3.12 -c \"get(f'http://a:{port}/v1/x')\"", ["/v1/x"]),
        ("node -e 'fetch(`${url}/v1/x`)'", ["/v1/x"]),
        ("printf 'POST /v1/x HTTP/1.1\\r\\n' | nc localhost 8000", ["/v1/x"]),
        ("echo 'GET http://a/v1/x?q HTTP/1.0' >&3", ["/v1/x"]),
        ("sudo -E bash -c 'curl localhost/v1/x'", ["/v1/x"]),
        ("test -f /v1/x && cat /v1/x", []),
        ("", []),
    ],
)
def test_the_paths_of_a_script(text: str, paths: list[str]) -> None:
    assert list(requested_paths((word(text),), in_shell=True)) == paths
    assert list(requested_paths((word("bash"), word("-c"), word(text)), in_shell=False)) == paths


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        (["curl", "-f", "localhost:8000/v1/x"], ["/v1/x"]),
        (["/usr/bin/env", "curl", "$HOST/v1/x"], ["/v1/x"]),
        (["python", "-c", "get('http://localhost:1/v1/x')"], ["/v1/x"]),
        (["echo", "curl localhost/v1/x"], []),
        ([], []),
    ],
)
def test_the_paths_of_words(words: list[str], paths: list[str]) -> None:
    assert list(requested_paths(tuple(map(word, words)), in_shell=False)) == paths


@pytest.mark.parametrize(
    ("text", "connects"),
    [
        ("nc -z localhost 8000", True),
        ("nc -vz -w 1 localhost 8000 || exit 1", True),
        ("echo ruok | nc localhost 8000", False),
        ("curl -z now localhost", False),
        ("", False),
    ],
)
def test_who_only_connects(text: str, connects: bool) -> None:  # noqa: FBT001
    assert only_connects((word(text),), in_shell=True) == connects


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("curl -f http://localhost:8000/health", [("localhost", 8000, "/health")]),
        ("curl -f localhost/health?x=1", [("localhost", 80, "/health")]),
        ("curl https://user:pw@127.0.0.1", [("127.0.0.1", 443, "/")]),
        ("curl --url http://[::1]:9000/a", [("[::1]", 9000, "/a")]),
        ("curl -f http://localhost:$PORT/health", [("localhost", None, "/health")]),
        ("wget -q --spider 127.0.0.1:80/x || exit 1", [("127.0.0.1", 80, "/x")]),
        ("http GET http://localhost:1/a", [("localhost", 1, "/a")]),
        ("nc -z localhost 8000", [("localhost", 8000, "")]),
        ("nc -z localhost", []),
        ("bash -c '</dev/tcp/127.0.0.1/11434'", [("127.0.0.1", 11434, "")]),
        ("python -c 'get(\"http://localhost:8000/v1\")'", [("localhost", 8000, "/v1")]),
        ("cat /tmp/ready", []),
        ("", []),
    ],
)
def test_whom_a_command_asks(text: str, asked: list[tuple[str, int | None, str]]) -> None:
    found = addresses((word(text),), in_shell=True)
    assert [(one.host, value_or(one.port, None), one.path) for one in found] == asked


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("curl localhost", True),
        ("curl http://0.0.0.0:1/", True),
        ("curl http://[::1]/", True),
        ("curl http://127.1.2.3/", True),
        ("curl http://llm:8000/", False),
        ("curl http://$HOST:8000/", False),
    ],
)
def test_who_is_the_container_itself(text: str, local: bool) -> None:  # noqa: FBT001
    assert [one.is_local for one in addresses((word(text),), in_shell=True)] == [local]
