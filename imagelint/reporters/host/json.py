"""A host for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.reporters.host.text import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.host import HostFacts, HostReport

SCHEMA = "imagelint.host/1"


def report(host: HostReport) -> Iterator[str]:
    """The host as one JSON object."""
    said: Mapping[str, object] = {
        "schema": SCHEMA,
        "tool": {"name": "imagelint", "version": __version__},
        "verdict": {
            "outcome": host.outcome.value,
            "exit_code": int(host.exit_code),
            "answer": answer(host),
        },
        "asked": host.asked,
        "checks": [{**check._asdict(), "state": check.state.value} for check in host.checks],
        "facts": _facts(host.facts),
        "problems": [
            {
                "kind": problem.kind.value,
                "origin": problem.origin,
                "detail": problem.detail,
                "help": problem.help,
            }
            for problem in host.problems
        ],
    }
    yield json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _facts(facts: HostFacts) -> Mapping[str, object]:
    driver = facts.driver
    gpus = [
        {**one._asdict(), "slices": [each._asdict() for each in one.slices]} for one in driver.gpus
    ]
    return {
        "driver": {**driver._asdict(), "gpus": gpus},
        "pci_gpus": facts.pci_gpus,
        "toolkit": facts.toolkit._asdict(),
        "engines": [one._asdict() for one in facts.engines],
        "cdi": [one._asdict() for one in facts.cdi],
        "memory": facts.memory,
        "shm": facts.shm,
        "disks": [one._asdict() for one in facts.disks],
    }
