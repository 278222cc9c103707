"""Probes of every kind of document, as one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.compose.probes import read_probes as read_health_check
from imagelint.documents.dockerfile.probes import read_probes as read_instruction
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.dockerfile.start import launch_of
from imagelint.documents.kubernetes.pods.probes import read_probes
from imagelint.documents.runtime.probe import CheckKind
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.runtime.probe import Probe, Probes


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


def known(fact: Fact[Probe]) -> Probe:
    assert isinstance(fact, Known)
    probe: Probe = fact.value
    return probe


def bare(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else fact


def times(probe: Probe) -> list[object]:
    return [bare(field.value) for field in probe.timing]


def image(text: str) -> Probes:
    return read_instruction(parse_dockerfile(Source("Dockerfile", text)).stages[-1].healthcheck)


def test_the_probes_of_a_container() -> None:
    text = """\
livenessProbe:
  httpGet: {path: /health, port: http, scheme: HTTPS}
  initialDelaySeconds: 5
  timeoutSeconds: 2
readinessProbe: {tcpSocket: {port: 80}}
startupProbe: {exec: {command: [curl, "{{ x }}"]}, failureThreshold: "{{ n }}"}
"""
    probes = read_probes(read(text))
    asked = (probes.liveness, probes.readiness, probes.startup)
    liveness, readiness, startup = map(known, asked)
    assert (liveness.title, liveness.kills, liveness.counted) == (
        "liveness probe",
        True,
        "failures",
    )
    assert (readiness.title, readiness.kills, startup.kills) == ("readiness probe", False, True)
    assert liveness.path == "livenessProbe"
    assert text[slice(*liveness.check.url_path.span)] == "/health"
    assert bare(liveness.check.kind) is CheckKind.HTTP
    assert [bare(field.value) for field in liveness.check[1:4]] == ["/health", "http", "HTTPS"]
    assert liveness.check.command.value is ABSENT
    assert times(liveness) == [5.0, ABSENT, ABSENT, 10.0, 2.0, 3.0, 1.0]
    assert liveness.timing.initial_delay.value == Known(5.0, liveness.timing.initial_delay.span)
    assert liveness.timing.period.value == Known(10.0)
    assert liveness.timing.period.path == "livenessProbe.periodSeconds"
    assert bare(readiness.check.kind) is CheckKind.TCP
    assert bare(readiness.check.port.value) == "80"
    assert bare(startup.check.kind) is CheckKind.EXEC
    words = startup.check.command.value
    assert isinstance(words, Known)
    assert [bare(word.value) for word in words.value] == ["curl", UNKNOWN]
    assert startup.timing.failure_threshold.value is UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{}", ABSENT), ("{livenessProbe: null}", UNKNOWN), ("{livenessProbe: '{{ x }}'}", UNKNOWN)],
)
def test_a_probe_that_is_not_there(text: str, expected: object) -> None:
    assert read_probes(read(text)).liveness is expected


def test_a_service_has_one_check_for_everything() -> None:
    text = """\
healthcheck:
  test: [CMD, curl, localhost]
  start_period: 1m
  interval: ${X}
"""
    probes = read_health_check(read(text))
    probe = known(probes.liveness)
    assert probes.readiness is probes.startup is probes.liveness
    assert (probe.title, probe.kills, probe.counted) == ("health check", False, "retries")
    assert times(probe) == [ABSENT, 60.0, 5.0, UNKNOWN, 30.0, 3.0, ABSENT]
    assert probe.timing.failure_threshold.path == "healthcheck.retries"
    words = probe.check.command.value
    assert isinstance(words, Known)
    assert [bare(word.value) for word in words.value] == ["curl", "localhost"]
    assert not probe.check.in_shell


@pytest.mark.parametrize(
    ("text", "kind", "in_shell"),
    [
        ("{test: curl x}", CheckKind.EXEC, True),
        ("{test: [CMD-SHELL, curl x]}", CheckKind.EXEC, True),
        ("{test: [CMD, curl]}", CheckKind.EXEC, False),
        ("{test: [NONE]}", ABSENT, False),
        ("{test: curl x, disable: true}", ABSENT, True),
        ("{test: curl x, disable: $X}", UNKNOWN, True),
        ("{interval: 1s}", UNKNOWN, True),
    ],
)
def test_what_a_health_check_asks(text: str, kind: object, in_shell: bool) -> None:  # noqa: FBT001 - expected
    probe = known(read_health_check(read(f"healthcheck: {text}")).startup)
    assert bare(probe.check.kind) is kind
    assert probe.check.in_shell is in_shell


def test_no_health_check() -> None:
    assert read_health_check(read("healthcheck: null")).startup is ABSENT
    assert read_health_check(read("healthcheck: ${X}")).startup is UNKNOWN


def test_the_health_check_of_an_image() -> None:
    text = "FROM a\nHEALTHCHECK --start-period=1m --start-interval=2s --retries=0 CMD curl x\n"
    probe = known(image(text).startup)
    assert text[slice(*probe.span)].startswith("HEALTHCHECK")
    assert (probe.title, probe.kills, probe.counted) == ("health check", False, "retries")
    assert times(probe) == [ABSENT, 60.0, 2.0, 30.0, 30.0, 3.0, ABSENT]
    assert text[slice(*probe.timing.start_period.span)] == "1m"
    assert text[slice(*probe.timing.period.span)] == "HEALTHCHECK"
    assert text[slice(*probe.check.command.span)] == "curl x"
    assert bare(probe.check.kind) is CheckKind.EXEC
    assert probe.check.in_shell
    assert known(image("FROM a\nHEALTHCHECK NONE\n").liveness).check.kind is ABSENT
    unknown = known(image("FROM a\nHEALTHCHECK --interval=$X --retries=many CMD x\n").liveness)
    assert unknown.timing.period.value is unknown.timing.failure_threshold.value is UNKNOWN


def test_an_image_without_one_may_get_it_elsewhere() -> None:
    found = image("FROM a\n")
    assert (found.liveness, found.readiness, found.startup) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_the_rest_of_an_image_is_unknown() -> None:
    stage = parse_dockerfile(Source("Dockerfile", "FROM a\nHEALTHCHECK CMD x\n")).stages[-1]
    details = launch_of(stage).runtime.details
    assert isinstance(details.probes.liveness, Known)
    assert details.host.ipc.value is details.privileges.privileged.value is UNKNOWN
    assert details.resources == (UNKNOWN, UNKNOWN)
    assert details.together.containers == ()
