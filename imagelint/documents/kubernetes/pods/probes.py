"""The probes of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.probe import CheckKind, Probe, ProbeCheck, Probes, ProbeTiming
from imagelint.documents.serving.startscript import unknown_word, whole_word
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.documents.shell.script import Word
    from imagelint.documents.yaml.cursor import Cursor

_KINDS = {
    "tcpSocket": CheckKind.TCP,
    "httpGet": CheckKind.HTTP,
    "grpc": CheckKind.GRPC,
    "exec": CheckKind.EXEC,
}


def read_probes(container: Cursor, added: Collection[str] = ()) -> Probes:
    """Who asks a container how it is.

    `added` names the probes (`liveness`, `readiness`, `startup`) that an operator sets where none
    is written.
    """
    liveness = _read(container["livenessProbe"], "liveness probe", kills=True)
    readiness = _read(container["readinessProbe"], "readiness probe", kills=False)
    startup = _read(container["startupProbe"], "startup probe", kills=True)
    return Probes(
        UNKNOWN if liveness is ABSENT and "liveness" in added else liveness,
        UNKNOWN if readiness is ABSENT and "readiness" in added else readiness,
        UNKNOWN if startup is ABSENT and "startup" in added else startup,
        container["readinessProbe"].taken,
    )


def _read(place: Cursor, title: str, *, kills: bool) -> Fact[Probe]:
    """The probe at a place; null is what a patch writes to take one away."""
    if not place.exists:
        return ABSENT
    if not isinstance(place.node, Mapping):
        return UNKNOWN
    if place["enabled"].exists or isinstance(place["probe"].node, Mapping):
        # NVIDIA/k8s-nim-operator:api/apps/v1alpha1/common_types.go (`Probe`): without a probe of
        # its own, or when it is switched off, the operator decides.
        on = value_or(place["enabled"].boolean(), default=False) or not place["enabled"].exists
        own = place["probe"]
        return _read(own, title, kills=kills) if on and own.exists else UNKNOWN
    return Known(Probe(place, title, "failures", kills, _check(place), _timing(place)), place.span)


def _check(probe: Cursor) -> ProbeCheck:
    found = next((name for name in _KINDS if probe[name].exists), "")
    kind: Fact[CheckKind] = Known(_KINDS[found], probe[found].key_span) if found else ABSENT
    inside = probe[found or "httpGet"]
    command = probe.at("exec", "command")
    words: Fact[tuple[Word, ...]] = ABSENT
    if command.exists:
        words = Known(tuple(_word(item) for item in command.items()), command.span)
    return ProbeCheck(
        kind,
        _text(inside["path"]),
        _text(inside["port"]),
        _text(inside["scheme"]),
        Field(words, command),
        host=_text(inside["host"]),
        headers=tuple(one["name"].word().lower() for one in inside["httpHeaders"].items()),
    )


def _text(place: Cursor) -> Field[str]:
    return Field(place.text(), place)


def _word(place: Cursor) -> Word:
    scalar = place.node
    return whole_word(scalar, place.text()) if isinstance(scalar, Scalar) else unknown_word(place)


def _timing(probe: Cursor) -> ProbeTiming:
    """The defaults are those of kubernetes/website: configure-liveness-readiness-startup-probes."""
    return ProbeTiming(
        initial_delay=_number(probe["initialDelaySeconds"], 0),
        start_period=Field(ABSENT, probe),
        start_interval=Field(ABSENT, probe),
        period=_number(probe["periodSeconds"], 10),
        timeout=_number(probe["timeoutSeconds"], 1),
        failure_threshold=_number(probe["failureThreshold"], 3),
        success_threshold=_number(probe["successThreshold"], 1),
    )


def _number(place: Cursor, default: int) -> Field[float]:
    """The number at a place; the API server replaces zeros by the default as well."""
    fact = place.integer()
    if isinstance(fact, Known):
        return Field(Known(float(fact.value or default), fact.span), place)
    return Field(Known(float(default)) if fact is ABSENT else UNKNOWN, place)
