"""The inputs of the action, as the command line takes them.

They reach us in the environment, one variable each: `INPUT_FAIL_ON` is the input `fail-on`.
"""

from __future__ import annotations

import os

from workflow import StepError

_FLAGS = {"": False, "false": False, "true": True}
_SEVERAL = ("policy", "rule", "db-repository", "exclude", "only")
_FILES_ONLY = ("only",)
_SINGLE = ("fail-on", "baseline")
_IMAGE_SINGLE = ("platform", "trivy-cache", "timeout", "key", "identity", "issuer")
_IMAGE_FLAGS = ("offline", "no-transparency-log")
# What asks for something of an image: without an image, nobody would do it.
_DEMANDS = ("platform", "key", "identity", "issuer")


def arguments() -> list[str]:
    """The command with its options and operands, but for those about reports.

    Raises:
        StepError: an input is wrong.
    """
    image = single("image")
    options = [f"--{name}={value}" for name in _SINGLE if (value := single(name))]
    options += [f"--{name}={value}" for name in _several(image) for value in lines(name)]
    if not image:
        _demand_nothing_of_an_image()
        return ["check", *options, "--", *lines("paths")]
    options += [f"--{name}={value}" for name in _IMAGE_SINGLE if (value := single(name))]
    options += [f"--{name}" for name in _IMAGE_FLAGS if flag(name)]
    return ["gate", *options, "--", image, *lines("paths")]


def given(name: str) -> str:
    """An input as it was given."""
    return os.environ.get(f"INPUT_{name.upper().replace('-', '_')}", "")


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


def _several(image: str) -> list[str]:
    names = [name for name in _SEVERAL if image or name != "db-repository"]
    if not image:
        return names
    for name in _FILES_ONLY:
        if lines(name):
            raise StepError(f"input {name}: an image is judged by all rules; leave {name} out")
    return names


def _demand_nothing_of_an_image() -> None:
    asked = [name for name in _DEMANDS if given(name).strip()]
    if flag("no-transparency-log"):
        asked.append("no-transparency-log")
    if asked:
        raise StepError(f"input {asked[0]}: there is no image that it could be about")
