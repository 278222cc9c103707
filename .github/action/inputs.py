"""The inputs of the action, as the command line takes them.

They reach us together, as JSON in the environment.
"""

from __future__ import annotations

import json
import os
from functools import cache

from workflow import StepError, variable

_FLAGS = {"": False, "false": False, "true": True}
_SEVERAL = (
    *("policy", "rule", "db-repository", "vex", "scanner"),
    *("exclude", "only", "build-arg"),
)
_IMAGE_SEVERAL = ("db-repository", "vex", "scanner")
_FILES_ONLY = ("only", "since", "diff-from")
_FILES_SINGLE = ("since", "diff-from")
_SINGLE = ("policy-from", "fail-on", "baseline", "min-severity", "target")
_IMAGE_SINGLE = (
    *("platform", "trivy-cache", "timeout", "key", "identity", "issuer"),
    *("kev", "epss", "server", "attest", "sign-key", "signing-config"),
    *("evaluation", "scorecard", "store"),
)
_FILE_FLAGS = ("closed",)
_IMAGE_FLAGS = ("offline", "layers", "no-transparency-log", "sign")
# Conditions of the action take any word but `true` for no.
_ASKED_BY_CONDITIONS = ("cache", "sarif", "upload-report", "comment", "fix-suggestions")
# What asks for something of an image: without an image, nobody would do it.
_DEMANDS = (
    *("platform", "key", "identity", "issuer", "attest", "sign-key"),
    *("evaluation", "scorecard"),
)


def arguments() -> list[str]:
    """The command with its options and operands, but for those about reports.

    Raises:
        StepError: an input is wrong.
    """
    for name in _ASKED_BY_CONDITIONS:
        flag(name)
    image = single("image")
    options = [f"--{name}={value}" for name in _SINGLE if (value := single(name))]
    options += [f"--{name}={value}" for name in _several(image) for value in lines(name)]
    options += [f"--{name}" for name in _FILE_FLAGS if flag(name)]
    if not image:
        _demand_nothing_of_an_image()
        options += [f"--{name}={value}" for name in _FILES_SINGLE if (value := single(name))]
        return ["check", *options, "--", *lines("paths")]
    if folder := os.environ.get("DATABASE", ""):
        options.append(f"--trivy-cache={folder}")
    options += [f"--{name}={value}" for name in _IMAGE_SINGLE if (value := single(name))]
    options += [f"--{name}" for name in _IMAGE_FLAGS if flag(name)]
    return ["gate", *options, "--", image, *lines("paths")]


def given(name: str) -> str:
    """An input as it was given."""
    return _all().get(name, "")


@cache
def _all() -> dict[str, str]:
    value = json.loads(variable("INPUTS"))
    return {name: str(text) for name, text in value.items()}


def lines(name: str) -> list[str]:
    """The lines of an input that say something."""
    return [line.strip() for line in given(name).split("\n") if line.strip()]


def single(name: str) -> str:
    """An input of one line.

    Raises:
        StepError: there are several.
    """
    found = lines(name)
    if len(found) > 1:
        raise StepError(f"input {name}: one line is expected, there are {len(found)}")
    return found[0] if found else ""


def flag(name: str) -> bool:
    """An input that is true or false.

    Raises:
        StepError: it is neither.
    """
    value = single(name)
    if value not in _FLAGS:
        raise StepError(f"input {name}: true or false is expected, not {value!r}")
    return _FLAGS[value]


def seconds(name: str, most: float) -> float:
    """An input in seconds, `most` where it is not given or more.

    Raises:
        StepError: it is no such number.
    """
    value = single(name)
    try:
        number = float(value or most)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise StepError(f"input {name}: seconds are expected, not {value!r}")
    return min(number, most)


def _several(image: str) -> list[str]:
    names = [name for name in _SEVERAL if image or name not in _IMAGE_SEVERAL]
    if not image:
        return names
    for name in _FILES_ONLY:
        if lines(name):
            raise StepError(f"input {name}: an image is judged by all rules; leave {name} out")
    return names


def keeps_database() -> bool:
    """Whether the database of vulnerabilities is the action's own to download and keep."""
    return bool(lines("image")) and not lines("trivy-cache") and not flag("offline")


def _demand_nothing_of_an_image() -> None:
    asked = [name for name in _DEMANDS if given(name).strip()]
    if flag("no-transparency-log"):
        asked.append("no-transparency-log")
    if asked:
        raise StepError(f"input {asked[0]}: there is no image that it could be about")
