"""The families of rules, and what holds for all rules of one."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.rules import catalog


class Family(NamedTuple):
    """What holds for the rules of a family.

    `inline` tells whether a file may allow their findings about itself, `by_wildcard` whether an
    ignore comment that silences all of another tool reaches them, `in_baseline` whether a baseline
    may hold them. `judges` is the kind of document that they need and that is there only when an
    image is named; empty for rules about files. `about_allowances` marks the rules which judge
    what became of allowances and what policies loosen, after all others have spoken.
    """

    title: str
    inline: bool = True
    by_wildcard: bool = True
    in_baseline: bool = True
    judges: str = ""
    about_allowances: bool = False


FAMILIES: dict[str, Family] = {
    # They are answered by mending the allowance.
    "allowances": Family(
        "What became of allowances and waivers",
        inline=False,
        by_wildcard=False,
        in_baseline=False,
        about_allowances=True,
    ),
    "build": Family("How an image is built"),
    # What was measured is for no file to allow, and an image is no legacy.
    "evaluation": Family(
        "Evaluations: what they rest upon, and what came of them",
        by_wildcard=False,
        in_baseline=False,
    ),
    # What somebody else wants of his own files is his to allow.
    catalog.CUSTOM: Family("Rules of one's own"),
    "exposure": Family("What a server lets those do who reach it"),
    "gpus": Family("GPUs, CUDA and drivers: what fits what"),
    "images": Family("Which images are used, and what ends up in one"),
    # A table is as old as it is, whatever a file says.
    "knowledge": Family(
        "What is known, and of which day that is",
        inline=False,
        by_wildcard=False,
        in_baseline=False,
        about_allowances=True,
    ),
    "layers": Family("What lies in the layers of an image", judges="image"),
    "monitoring": Family("How servers are watched"),
    "packages": Family("What is installed"),
    "pipelines": Family("What pipelines do with the images that they build"),
    "pods": Family("How much a container may do"),
    "scaling": Family("What scales servers and what leads to them"),
    # A leaked secret and an untrusted image need somebody's word, a reason and a day.
    "secrets": Family("Secrets", by_wildcard=False, in_baseline=False),
    "serving": Family("Model servers"),
    "shell": Family("What scripts do"),
    "signatures": Family(
        "Who signed an image", by_wildcard=False, in_baseline=False, judges="signatures"
    ),
    "syntax": Family("What cannot be read as what it is"),
    # What a policy loosens is not for that policy to allow.
    "trust": Family(
        "What an examined tree loosens of what it is judged by",
        inline=False,
        by_wildcard=False,
        in_baseline=False,
        about_allowances=True,
    ),
    "vulnerabilities": Family("Vulnerable packages of an image", judges="vulnerabilities"),
    "wiring": Family("What leads to pods, and what they refer to"),
}


def family_of(rule: str) -> Family:
    """What holds for a rule by its family.

    Raises:
        KeyError: there is no such rule.
    """
    return FAMILIES[catalog.family(rule)]
