"""Registries that misbehave: every image ends in exactly one category, and nothing hangs."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.options import AuditOptions
from imagelint.collect.registry.polite import Clock, Limits
from imagelint.testing.registry import MEDIA, MemoryRegistry, Reply, named
from tests.audit.conftest import listed

if TYPE_CHECKING:
    from imagelint.testing.registry import Asked
    from tests.audit.conftest import Auditor

QUICK = AuditOptions(limits=Limits(attempts=2), seconds=5)
BAD = "/v2/bad/app/"


class Hurried:
    """A clock on which sleeping takes no time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: time.monotonic() + self.ahead, self.sleep, lambda: 0.5)

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture(autouse=True)
def hurried(audit: Auditor) -> None:
    audit.clock = Hurried().clock()


def wrong(_asked: Asked) -> Reply:
    return Reply(200, b'{"schemaVersion": 2, "layers": [], "config": {}}')


def loop(asked: Asked) -> Reply:
    return Reply(307, b"", {"Location": f"{asked.path}?again={len(asked.query)}"})


def challenge(_asked: Asked) -> Reply:
    return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})


WAYS: dict[str, tuple[object, str]] = {
    "busy": (Reply(429), "throttled"),
    "busy for an hour": (Reply(429, headers={"Retry-After": "3600"}), "throttled"),
    "unavailable for an hour": (Reply(503, headers={"Retry-After": "3600"}), "throttled"),
    "broken": (Reply(500), "unreachable"),
    "unavailable": (Reply(503), "unreachable"),
    "closed": (Reply(200, b"", cut=0), "malformed"),
    "cut": (Reply(200, b"x" * 1000, cut=400), "malformed"),
    "no JSON": (Reply(200, b"<html>"), "malformed"),
    "another digest": (wrong, "malformed"),
    "a loop": (loop, "unreachable"),
    "to nowhere": (Reply(307, headers={"Location": "ftp://x/"}), "unreachable"),
    "locked": (Reply(403), "unauthorized"),
    "wants a login again and again": (challenge, "unauthorized"),
    "gone": (Reply(404), "gone"),
    "to no host": (Reply(307, headers={"Location": "http://[bad"}), "unreachable"),
    "to no port": (Reply(307, headers={"Location": "https://localhost:abc/"}), "unreachable"),
    "a login at no host": (
        Reply(401, headers={"WWW-Authenticate": 'Bearer realm="http://[bad"'}),
        "unauthorized",
    ),
    "busy for a power of seconds": (Reply(429, headers={"Retry-After": "\xb2"}), "throttled"),
    "huge": (Reply(200, b" " * (17 * 1024 * 1024)), "too-big"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_ends_in_its_category_while_others_go_on(
    registry: MemoryRegistry, audit: Auditor, way: str
) -> None:
    script, category = WAYS[way]
    digest = registry.image("bad/app")
    registry.image("good/app")
    registry.script(BAD, script)  # type: ignore[arg-type]
    with MemoryRegistry() as other:
        other.image("fine/app")
        names = listed(registry, f"bad/app@{digest}") + listed(other, "fine/app:v1")
        done = audit("-", stdin=names, options=QUICK)
    assert done.categories == {f"bad/app@{digest}": category, "fine/app:v1": "audited"}
    assert done.outcome == "incomplete"
    assert done.results[f"bad/app@{digest}"].judgement == ""
    assert [one.category for one in done.reader.problems(done.audited.run.id)] == [category]


def test_who_does_not_answer_in_time_is_not_waited_for(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    audit.clock = None
    registry.image("bad/app")
    registry.script(BAD, Reply(200, b"{}", delay=10))
    began = time.monotonic()
    options = AuditOptions(limits=Limits(attempts=1), seconds=0.5)
    done = audit("-", stdin=listed(registry, "bad/app:v1"), options=options)
    assert done.categories == {"bad/app:v1": "timed-out"}
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_who_answers_drop_by_drop_and_closes_is_cut_off(audit: Auditor, version: str) -> None:
    audit.clock = None
    ended = threading.Event()

    def dripping(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(4096)
            connection.sendall(f"{version} 200 OK\r\nConnection: close\r\n\r\n".encode())
            while not ended.wait(0.05):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        options = AuditOptions(limits=Limits(attempts=1), seconds=0.5)
        names = f"127.0.0.1:{server.getsockname()[1]}/bad/app:v1\n".encode()
        threads = [threading.Thread(target=lambda: dripping(server.accept()[0])) for _ in range(2)]
        for thread in threads:
            thread.start()
        timer = threading.Timer(8, ended.set)
        timer.start()
        began = time.monotonic()
        done = audit("-", stdin=names, options=options)
        took = time.monotonic() - began
        ended.set()
        timer.cancel()
        for thread in threads:
            thread.join()
    assert set(done.categories.values()) == {"timed-out"}
    assert took < 5


def test_an_index_that_leads_to_the_same_again_and_again_is_too_big(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    media = f"{MEDIA}index.v1+json"
    entry: dict[str, object] = {}
    for _ in range(4):
        value = {"schemaVersion": 2, "mediaType": media, "manifests": [entry] * 40 if entry else []}
        digest = registry.manifest("bad/app", value, "v1")
        entry = {"mediaType": media, "digest": digest, "size": 1}
    done = audit("-", stdin=listed(registry, "bad/app:v1"), options=QUICK)
    assert done.categories == {"bad/app:v1": "too-big"}


@pytest.mark.parametrize("size", [10**30, 2**63])
def test_a_layer_of_a_size_that_nothing_has_is_malformed(
    registry: MemoryRegistry, audit: Auditor, size: int
) -> None:
    value = json.loads(registry.manifests["bad/app", registry.image("bad/app")])
    value["layers"][0]["size"] = size
    registry.manifest("bad/app", value, "v1")
    done = audit("-", stdin=listed(registry, "bad/app:v1"), options=QUICK)
    assert done.categories == {"bad/app:v1": "malformed"}


def test_a_catalog_that_is_put_off_for_a_day_is_not_waited_for(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.script("/v2/_catalog", Reply(429, headers={"Retry-After": "86400"}))
    hurried = Hurried()
    audit.clock = hurried.clock()
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.outcome == "incomplete"
    assert done.reader.problems(done.audited.run.id)[0].category == "throttled"
    assert hurried.ahead < 1000


def test_a_registry_that_recovers_is_audited_whole(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("bad/app")
    answers = [Reply(500), Reply(429, headers={"Retry-After": "30"}), Reply(200, b"{}", cut=1)]
    registry.script(BAD, lambda _asked: answers.pop() if answers else None)
    patient = AuditOptions(seconds=60)
    done = audit("-", stdin=listed(registry, "bad/app:v1"), options=patient)
    assert done.categories == {"bad/app:v1": "audited"}


def test_a_token_that_has_ended_is_asked_for_again(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    for number in range(4):
        registry.image("bad/app", f"v{number}", layers=(str(number),))
    tokens: list[str] = []
    used: Counter[str] = Counter()

    def guarded(asked: Asked) -> Reply | None:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        used[token] += 1
        if token in tokens and used[token] <= 3:
            return None
        realm = f"http://{registry.host}/token"
        return Reply(401, b"", {"WWW-Authenticate": f'Bearer realm="{realm}",service="x"'})

    def granted(_asked: Asked) -> Reply:
        tokens.append(f"t{len(tokens)}")
        return Reply(200, json.dumps({"token": tokens[-1]}).encode())

    registry.script(BAD, guarded)
    registry.script("/token", granted)
    done = audit(f"repository://{registry.host}/bad/app", options=QUICK)
    assert done.overview.categories == {"audited": 4}
    assert len(tokens) > 2


def test_tags_without_end_are_a_problem_and_those_that_came_are_audited(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("bad/app")

    def endless(asked: Asked) -> Reply:
        last = int(asked.query.get("last", ["0"])[0])
        link = f'</v2/bad/app/tags/list?last={last + 1}>; rel="next"'
        return Reply(200, b'{"tags": ["v1"]}', {"Link": link})

    registry.script("/v2/bad/app/tags/list", endless)
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"bad/app:v1": "audited"}
    assert done.outcome == "incomplete"
    (problem,) = done.reader.problems(done.audited.run.id)
    assert problem.category == "too-big"


def test_pages_that_lead_back_end(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("bad/app")
    link = '</v2/_catalog?n=1000>; rel="next"'
    registry.script("/v2/_catalog", Reply(200, b'{"repositories": ["bad/app"]}', {"Link": link}))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"bad/app:v1": "audited"}
    assert "leads back" in done.reader.problems(done.audited.run.id)[0].detail


@pytest.mark.parametrize(
    "link",
    [
        '</v2/_catalog?last=a>; title="a, b"; rel="next"',
        "</v2/_catalog?last=a>; REL=Next",
        '</v2/>; rel="first", </v2/_catalog?last=a> ; rel = "last next"',
    ],
)
def test_the_next_page_is_found_however_it_is_linked(
    registry: MemoryRegistry, audit: Auditor, link: str
) -> None:
    registry.image("team/app")
    registry.image("team/last")

    def paged(asked: Asked) -> Reply:
        if "last" in asked.query:
            return Reply(200, b'{"repositories": ["team/last"]}')
        return Reply(200, b'{"repositories": ["team/app"]}', {"Link": link})

    registry.script("/v2/_catalog", paged)
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"team/app:v1": "audited", "team/last:v1": "audited"}
    assert done.outcome == "pass"


@pytest.mark.parametrize("link", ["next", '<http://[bad>; rel="next"'])
def test_a_link_that_cannot_be_read_is_not_the_end(
    registry: MemoryRegistry, audit: Auditor, link: str
) -> None:
    registry.image("team/app")
    body = b'{"repositories": ["team/app"]}'
    registry.script("/v2/_catalog", Reply(200, body, {"Link": link}))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    assert done.outcome == "incomplete"


@pytest.mark.parametrize("link", ['</v2/_catalog?last=a>; rel="prev"', '</x>; rel="nextish"'])
def test_a_link_to_elsewhere_is_no_next_page(
    registry: MemoryRegistry, audit: Auditor, link: str
) -> None:
    registry.image("team/app")
    body = b'{"repositories": ["team/app"]}'
    registry.script("/v2/_catalog", Reply(200, body, {"Link": link}))
    assert audit(f"registry://{registry.host}", options=QUICK).outcome == "pass"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"tags": {}}',
        b'{"errors": []}',
        b'{"tags": ["v1", 7]}',
        b'{"tags": ["../../other/manifests/v1"]}',
        b'{"tags": ["v1@sha256:00"]}',
        b'{"tags": ["v\\u001b[2J"]}',
        b'{"tags": ["a?b=c"]}',
    ],
)
def test_what_is_no_list_of_tags_is_not_an_empty_one(
    registry: MemoryRegistry, audit: Auditor, body: bytes
) -> None:
    registry.image("bad/app")
    registry.image("good/app")
    registry.script("/v2/bad/app/tags/list", Reply(200, body))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.results["good/app:v1"].category == "audited"
    assert set(done.results) <= {"good/app:v1", "bad/app:v1"}
    assert done.outcome == "incomplete"
    (problem,) = done.reader.problems(done.audited.run.id)
    assert (problem.reference, problem.category) == (f"{registry.host}/bad/app", "malformed")


def test_a_repository_without_tags_is_no_problem(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("bad/app")
    registry.image("good/app")
    registry.script("/v2/bad/app/tags/list", Reply(200, b'{"tags": null}'))
    assert audit(f"registry://{registry.host}", options=QUICK).outcome == "pass"


def test_a_catalog_that_changes_while_it_is_read_is_read_on(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    for number in range(6):
        registry.image(f"team/app{number}")
    registry.page = 2

    def changing(asked: Asked) -> Reply | None:
        if "last" in asked.query:
            registry.tags.pop("team/app3", None)
            registry.image("team/app0new")
        return None

    registry.script("/v2/_catalog", changing)
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert {f"team/app{number}:v1" for number in (0, 1, 2, 4, 5)} <= set(done.results)


def test_a_catalog_that_is_refused_leaves_the_audit_incomplete(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.script("/v2/_catalog", Reply(401))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.outcome == "incomplete"
    assert done.overview.references == 0


def test_an_image_that_contradicts_itself_is_malformed(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    config = registry.blob(b'{"rootfs": {"diff_ids": []}}', f"{MEDIA}config.v1+json")
    layer = {"mediaType": f"{MEDIA}layer.v1.tar", "digest": named("x"), "size": 1}
    media = f"{MEDIA}manifest.v1+json"
    value = {"schemaVersion": 2, "mediaType": media, "config": config, "layers": [layer]}
    registry.manifest("bad/app", value, "v1")
    done = audit("-", stdin=listed(registry, "bad/app:v1"), options=QUICK)
    assert done.categories == {"bad/app:v1": "malformed"}


def test_a_catalog_that_is_silent_is_not_waited_for(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.script("/v2/_catalog", Reply(200, b"{}", delay=30))
    began = time.monotonic()
    done = audit(f"registry://{registry.host}", options=AuditOptions(seconds=0.5))
    assert done.outcome == "incomplete"
    assert time.monotonic() - began < 20
