"""The table of contents: every rule by family and subject.

The convention `a-b` → `a_b.py` → `def a_b` replaces registration. The subject is the name of the
node type that the rule is called with, so that a rule is imported only when it is enabled *and*
its subject occurs. A test holds this table, the files, the case files and the docs to be one set.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from imagelint.rules.rule import Rule

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "allowances": {
        "AllowanceUse": (
            "allowance-without-reason",
            "expired-allowance",
            "unknown-allowance",
            "unused-allowance",
        ),
    },
    "build": {
        "Complaint": ("invalid-instruction",),
        "HealthCheck": ("healthcheck-start-period",),
        "IgnoreFile": ("weak-ignore-file",),
        "Instruction": (
            "relative-workdir",
            "remote-add-without-checksum",
            "whole-context-copied",
        ),
        "Stage": ("missing-healthcheck",),
        "StartCommand": ("shell-form-entrypoint",),
    },
    "images": {
        "ImageUse": (
            "cuda-driver-floor",
            "floating-engine-tag",
            "unpinned-image",
            "untrusted-registry",
        ),
        "Stage": (
            "build-tools-in-final-stage",
            "devel-final-stage",
            "root-user",
            "single-stage-build",
        ),
    },
    "packages": {
        "Command": (
            "apt-recommends",
            "host-driver-in-image",
            "unpinned-gpu-stack",
            "unpinned-pip-install",
        ),
        "Requirements": ("unpinned-requirement",),
        "Script": ("apt-lists-kept", "pip-cache-kept"),
        "Stage": ("torch-index-vs-base",),
    },
    "pods": {
        "Container": (
            "capabilities-not-dropped",
            "gpu-request-shape",
            "privilege-escalation",
            "privileged-container",
            "visible-devices-bypass",
            "writable-root",
        ),
        "Pod": ("host-namespaces", "host-path", "pod-runs-as-root", "seccomp-missing"),
    },
    "scaling": {
        "Autoscaler": ("cpu-hpa-on-gpu", "scale-to-zero"),
        "Route": ("route-timeout-short",),
    },
    "secrets": {
        "EnvVar": ("literal-secret-env", "secret-in-build"),
        "Instruction": ("credential-file-copied",),
        "ServingCommand": ("secret-in-args",),
        "Text": ("secret-value",),
    },
    "serving": {
        "ServingCommand": (
            "bind-localhost",
            "cache-volume-missing",
            "engine-without-gpu",
            "gpu-memory-fraction",
            "host-ipc",
            "liveness-generates",
            "model-revision-unpinned",
            "removed-engine-flag",
            "shm-missing",
            "shm-small",
            "startup-budget",
            "startup-unprotected",
            "tp-vs-gpus",
            "trust-remote-code",
            "vram-weights-dont-fit",
        ),
    },
    "shell": {
        "Script": ("curl-pipe-shell", "unreadable-script", "unverified-download"),
    },
    "signatures": {
        "SignatureReport": ("unsigned-image", "wrong-signer"),
    },
    "vulnerabilities": {
        "DatabaseInfo": ("stale-vulnerability-database",),
        "UnscannedPackages": ("unscanned-packages",),
        "Vulnerability": ("vulnerable-package",),
    },
}


@cache
def _places() -> dict[str, tuple[str, str]]:
    return {
        name: (family, subject)
        for family, subjects in TABLE.items()
        for subject, names in subjects.items()
        for name in names
    }


def names() -> tuple[str, ...]:
    """The names of all rules, sorted."""
    return tuple(sorted(_places()))


def family(name: str) -> str:
    """The family of a rule.

    Raises:
        KeyError: there is no such rule.
    """
    return _places()[name][0]


def subject(name: str) -> str:
    """The name of the node type that a rule speaks about.

    Raises:
        KeyError: there is no such rule.
    """
    return _places()[name][1]


@cache
def load(name: str) -> Rule:
    """The rule of that name, imported when first asked for.

    Raises:
        KeyError: there is no such rule.
    """
    stem = name.replace("-", "_")
    module = import_module(f"imagelint.rules.{family(name)}.{stem}")
    return cast("Rule", getattr(module, stem))


@cache
def answers_to() -> dict[str, tuple[str, ...]]:
    """From a former name or another tool's id, in lower case, to the rules that answer to it.

    A reference such as `hadolint DL3002` is found under `dl3002` and under itself; Trivy's ids
    with and without `AVD-`, with and without leading zeros behind the dash.
    """
    index: dict[str, list[str]] = {}
    for name in names():
        rule = load(name)
        for key in {
            spelling
            for reference in (*rule.references, *rule.former)
            for spelling in spellings(reference)
        }:
            index.setdefault(key, []).append(name)
    return {key: tuple(found) for key, found in index.items()}


def spellings(reference: str) -> tuple[str, ...]:
    """The ways to write another tool's id, in lower case."""
    whole = reference.lower()
    last = whole.rpartition(" ")[2]
    found = [whole, last]
    prefix, dash, number = last.partition("-")
    if dash and number.isdigit():
        found += [f"avd-{last}", f"{prefix}{int(number):03d}", f"avd-{prefix}-{number}"]
    return tuple(found)


def find(name: str) -> tuple[str, ...]:
    """The rules which a name, former name or another tool's id means; empty when none does."""
    lowered = name.lower().strip()
    return (lowered,) if lowered in _places() else answers_to().get(lowered, ())
