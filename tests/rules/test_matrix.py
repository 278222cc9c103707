"""Every rule fires on every kind of document that yields what it speaks about.

A rule about a shared node that was tried on pods only may well be wrong, or silent, about services.
Where a rule has nothing to say about a kind, the table says why.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.builds import BuiltImage, NamedContext
from imagelint.documents.kinds import KINDS, building_kinds
from imagelint.rules import catalog
from imagelint.rules.families import family_of
from imagelint.run.reading.recognition import recognise
from tests.rules.projects import all_cases, examine_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from tests.rules.cases import Case

LAYERS = "it is about what stays in a layer, and only builds make layers"
PLACEMENT = "GPUs, memory and /dev/shm are given by whoever runs the image"
SLICES = "only Kubernetes hands out slices and shares of GPUs by name"
ONE_CHECK = "there is one check for everything, and nobody ends it for failing"
PUBLISHED = "whoever runs the image publishes ports, and hands over keys and tokens"
TARGET = "whoever names the image that is examined deploys nothing by that name"
NOT_RESTARTED = "nobody ends it for being slow to start"
# What a patch says of pods is read by the reader of manifests.
READ_AS = {
    "kustomization": "kubernetes",
    "json-patch": "kubernetes",
    # A line that runs a container is read as a service, by what reads those.
    **dict.fromkeys(
        ("devcontainer", "makefile", "shell-script", "skaffold", "systemd-unit", "workflow"),
        "compose",
    ),
}
UNHELD = {
    "markdown": "it is read only when somebody names it, and cases are folders",
    "text": "likewise",
    "template": "it cannot be read",
}
# Kinds whose nodes are made by the reader of another one: values of a chart are containers in a
# helmfile as they are in a HelmRelease. What fires there is tried here by some rules alone.
READ_ALIKE = {"helmfile": "kubernetes"}
SILENT: dict[tuple[str, str], str] = {
    ("alerts-incomplete", "dashboard"): "a panel alerts nobody",
    ("queue-threshold-far-off", "dashboard"): "a panel alerts nobody",
    ("unserved-target-port", "dockerfile"): "it publishes nothing",
    ("memory-limit-small", "dockerfile"): "it limits no memory",
    **{
        ("malformed-route-timeout", kind): "its settings are no annotations"
        for kind in ("dotenv", "image", "litellm")
    },
    ("unanswered-address", "image"): "nobody knows beside what it will run",
    ("unanswered-address", "values"): "what is rendered with them is asked",
    ("counter-without-rate", "dashboard"): "a panel may show a total",
    ("generation-retried", "caddy"): "it sends again only what asks for nothing to be done",
    ("body-limit-small", "haproxy"): "it limits no bodies",
    ("buffered-stream", "haproxy"): "it buffers no answers",
    ("unevaluated-setting", "dockerfile"): "it names its base, and not what is evaluated",
    ("deployed-without-evaluation", "dockerfile"): "it names its base, and not what is deployed",
    ("gpu-load-as-signal", "dashboard"): "a panel alerts nobody",
    ("summed-share-as-value", "dashboard"): "a panel alerts nobody",
    ("metric-of-other-engine", "dashboard"): "nothing is scaled there",
    ("wrong-panel-unit", "prometheus-rules"): "panels stand in dashboards",
    **{
        (rule, kind): LAYERS
        for rule in (
            "apt-lists-kept",
            "gpu-query-in-build",
            "redundant-cuda-install",
            "apt-recommends",
            "host-driver-in-image",
            "index-update-alone",
            "package-cache-kept",
            "pip-cache-kept",
            "lock-file-ignored",
            "uncached-wheels",
            "unhashed-requirements",
            "unpinned-git-clone",
        )
        for kind in ("compose", "kubernetes")
    },
    **{
        (rule, "dockerfile"): PLACEMENT
        for rule in (
            "cache-not-writable",
            "cache-volume-missing",
            "compile-cache-lost",
            "unused-cache-mount",
            "engine-without-gpu",
            "host-ipc",
            "gpu-too-old",
            "kv-cache-too-small",
            "layers-on-cpu",
            "nodes-vs-group",
            "unset-variable",
            "nccl-transport-disabled",
            "offline-without-weights",
            "weights-exceed-volume",
            "shm-missing",
            "readonly-without-mounts",
            "shm-on-disk",
            "shm-over-limit",
            "shm-unbounded",
            "shm-wrong-mount",
            "shm-small",
            "vram-weights-dont-fit",
        )
    },
    **{
        (rule, "image"): TARGET
        for rule in (
            "floating-engine-tag",
            "invalid-image-reference",
            "unevaluated-image",
            "ungated-image",
            "unpinned-image",
        )
    },
    **{
        (rule, "dockerfile"): PUBLISHED
        for rule in (
            "api-exposed-without-auth",
            "gated-model-without-token",
            "media-ssrf",
            "partial-auth-reliance",
        )
    },
    ("unset-variable", "compose"): "compose fills in variables of its own, and warns of those",
    ("nodes-vs-group", "compose"): "only operators of Kubernetes make groups of pods",
    ("service-link-variable", "compose"): "only Kubernetes makes variables of Services",
    ("service-link-variable", "dockerfile"): "only Kubernetes makes variables of Services",
    ("weights-exceed-volume", "compose"): "volumes of compose have no size that counts",
    ("shm-on-disk", "compose"): "volumes of compose may be kept in memory by their drivers",
    ("shm-unbounded", "compose"): "a service has the half of the memory of its host at most",
    ("tp-on-slices", "compose"): SLICES,
    ("tp-on-slices", "dockerfile"): SLICES,
    ("model-newer-than-engine", "dockerfile"): "what is built upon an image may bring newer code",
    ("unmounted-path", "dockerfile"): "nothing is mounted while an image is built",
    ("wrong-accelerator", "dockerfile"): "an image requests nothing",
    ("literal-secret-env", "dockerfile"): "secret-in-build speaks about images",
    ("invalid-image-reference", "bake"): "what reads Dockerfiles there has to be known by its name",
    **{
        (rule, "bake"): "the only image in it reads Dockerfiles: it is no base"
        for rule in (
            "cuda-driver-floor",
            "end-of-life-base",
            "engine-cve-floor",
            "floating-engine-tag",
            "maintenance-mode-engine",
            "toolkit-cve-floor",
            "unavailable-cuda-image",
            "unevaluated-image",
            "ungated-image",
        )
    },
    ("unevaluated-image", "dockerfile"): "what a file is built from is not deployed",
    ("ungated-image", "dockerfile"): "what a file is built from is not deployed",
    **{
        ("baked-weights-without-offline", kind): "only a Dockerfile puts weights into an image"
        for kind in ("compose", "helmfile", "kubernetes")
    },
    ("secret-in-build", "kubernetes"): "literal-secret-env speaks about pods",
    ("startup-budget", "dockerfile"): "healthcheck-start-period speaks about images",
    ("startup-unprotected", "compose"): NOT_RESTARTED,
    ("startup-unprotected", "dockerfile"): NOT_RESTARTED,
    **{
        (rule, kind): ONE_CHECK
        for rule in (
            "identical-probes",
            "no-prestop",
            "no-readiness",
            "probe-timeout-short",
            "readiness-generates",
        )
        for kind in ("compose", "dockerfile")
    },
    ("grace-period-short", "dockerfile"): "whoever runs the image says how long it has",
    ("secret-in-config", "dockerfile"): "secret-in-build speaks about images",
    ("secret-in-config", "image"): "secret-in-build speaks about images",
    **{
        ("secret-in-config", kind): "nobody writes passwords there; the text is read alike"
        for kind in (
            *("dashboard", "evaluation", "evaluation-plan", "ignore", "policy"),
            *("chart", "prometheus-rules", "scorecard", "signatures", "vulnerabilities"),
            *("caddy", "haproxy", "nginx", "traefik"),
        )
    },
    **{
        ("secret-value", kind): "nobody writes keys there; the text is read alike"
        for kind in (
            *("dashboard", "prometheus", "prometheus-rules"),
            *("evaluation", "evaluation-plan", "ignore", "policy", "scorecard"),
            *("requirements", "signatures", "vulnerabilities"),
            *("caddy", "haproxy", "traefik"),
        )
    },
    **{
        (rule, kind): "what a proxy publishes is told at what it leads to"
        for rule in ("api-exposed-without-auth", "media-ssrf")
        for kind in ("caddy", "haproxy", "nginx", "traefik")
    },
}


@cache
def yielded() -> dict[str, set[str]]:
    """The kinds of documents that yield each type of node, as far as the cases hold them."""
    found: dict[str, set[str]] = {}
    for case in all_cases():
        for name, text in case.files.items():
            document = recognise(Source(name, text))
            if not isinstance(document, Report):
                kind = READ_AS.get(document.kind, document.kind)
                for node in document.walk():
                    found.setdefault(catalog.key_of(type(node)), set()).add(kind)
    return found


def kinds_of(case: Case) -> dict[str, str]:
    documents = ((name, recognise(Source(name, text))) for name, text in case.files.items())
    return {
        name: READ_AS.get(found.kind, found.kind)
        for name, found in documents
        if not isinstance(found, Report)
    }


@cache
def fired() -> dict[str, set[str]]:
    """The kinds of documents in which each rule has a finding in one of its cases."""
    found: dict[str, set[str]] = {}
    for case in all_cases():
        if not case.expected:
            continue
        kinds = kinds_of(case)
        for finding in examine_case(case).findings:
            kind = kinds.get(finding.location.origin.removeprefix("./"))
            if kind:
                found.setdefault(finding.rule, set()).add(kind)
    return found


@cache
def held() -> set[str]:
    """The kinds of documents that the cases hold."""
    return {document.kind for document in documents()}


def documents() -> Iterator[Document]:
    """The documents that the cases hold."""
    for case in all_cases():
        for name, text in case.files.items():
            found = recognise(Source(name, text))
            if not isinstance(found, Report):
                yield found


def test_kinds_that_tell_of_builds_say_so() -> None:
    telling = {
        document.kind
        for document in documents()
        if any(isinstance(one.node, BuiltImage | NamedContext) for one in document.landmarks())
    }
    said = {kind for kind, _ in building_kinds()}
    assert telling == said, (
        "say `builds` of these kinds in `documents/kinds.py`, or nobody finds what they build: "
        f"{telling ^ said}"
    )


def test_every_kind_is_in_a_case() -> None:
    missing = set(KINDS) - held() - UNHELD.keys()
    assert not missing, (
        f"no rule is tried on {missing}: a case for each, of secret-value to begin with; the other "
        "tests here say then which rules it needs"
    )


@pytest.mark.parametrize("name", catalog.names())
def test_a_rule_fires_on_every_kind_that_yields_its_subject(name: str) -> None:
    possible = {kind for key in catalog.subjects(name) for kind in yielded().get(key, set())}
    places = fired().get(name, set())
    missing = possible - places - {kind for kind, other in READ_ALIKE.items() if other in places}
    # What became of allowances is known only behind all other rules: it is no node of a document.
    assert possible or family_of(name).about_allowances
    assert missing == {kind for rule, kind in SILENT if rule == name}


def test_reasons_are_about_rules_and_kinds_that_there_are() -> None:
    assert {rule for rule, _ in SILENT} <= set(catalog.names())
    assert {kind for _, kind in SILENT} <= set(KINDS)


@pytest.mark.parametrize(("kind", "other"), READ_ALIKE.items())
def test_kinds_that_are_read_alike_are_tried(kind: str, other: str) -> None:
    for places in fired().values():
        if {kind, other} <= places:
            return
    pytest.fail(f"no rule fires on both {kind} and {other}")
