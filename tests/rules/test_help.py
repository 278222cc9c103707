"""What a help advises is spelt in the words of the file that it is about."""

from __future__ import annotations

import re

from tests.rules.golden import RULES

_PLACE = re.compile(r"(?P<file>\S+):\d+:\d+-\S+ \w+ \w+ \[")
_POD = re.compile(
    r"secretKeyRef|per pod|emptyDir|persistentVolumeClaim|startupProbe|failureThreshold|tcpSocket"
)
_DOCKER = re.compile(r"docker run|run it with --|shm_size|start_period|HEALTHCHECK|gpus: all")


def _helps() -> list[tuple[str, str]]:
    found, file = [], ""
    texts = (path.read_text(encoding="utf-8") for path in sorted(RULES.rglob("*.txt")))
    for line in (line for text in texts for line in text.splitlines()):
        match = _PLACE.match(line)
        if match:
            file = match["file"].lower()
        elif line.startswith("  help: "):
            found.append((file, line.removeprefix("  help: ")))
    return found


def test_no_help_about_compose_or_an_image_speaks_of_pods() -> None:
    helps = [(file, help_) for file, help_ in _helps() if re.search("compose|dockerfile", file)]
    assert len(helps) > 200
    assert [pair for pair in helps if _POD.search(pair[1])] == []


def test_no_help_about_a_pod_speaks_of_docker() -> None:
    helps = [(file, help_) for file, help_ in _helps() if re.search("pod|deploy", file)]
    assert len(helps) > 100
    assert [pair for pair in helps if _DOCKER.search(pair[1])] == []
