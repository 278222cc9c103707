"""Attacks on the verdict about an image: what is tried, what the bare tools say, what we say.

A test under `@attack` gives back how the bare tool and imagelint ended; both must be what the
decorator says, and `docs/security.md` is written from the decorators. So the table says nothing
that has not been run.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


class Ended(NamedTuple):
    """How a program ended, and all that it said."""

    code: int
    text: str


class Said(NamedTuple):
    """How a command is to end, a part of what it is to say, and how a reader is told."""

    command: str
    code: int
    part: str = ""
    told: str = ""

    def demand(self, ended: Ended) -> None:
        """Fail unless it ended so."""
        assert ended.code == self.code, ended.text
        assert self.part in ended.text, ended.text


class Attack(NamedTuple):
    """One row of the table. `bare` is None where no other tool has anything to say."""

    title: str
    bare: Said | None
    ours: Said
    test: str


class Outcome(NamedTuple):
    """What came of an attack: of the bare tool, where there is one, and of imagelint."""

    ours: Ended
    bare: Ended | None = None


def attack(
    title: str, *, ours: Said, bare: Said | None = None
) -> Callable[[Callable[P, Outcome]], Callable[P, None]]:
    """Make a test of an attack whose outcome is to be this."""

    def decorate(test: Callable[P, Outcome]) -> Callable[P, None]:
        @functools.wraps(test)
        def checked(*arguments: P.args, **keywords: P.kwargs) -> None:
            outcome = test(*arguments, **keywords)
            ours.demand(outcome.ours)
            assert (outcome.bare is None) == (bare is None)
            if bare is not None and outcome.bare is not None:
                bare.demand(outcome.bare)

        place = f"{test.__module__.replace('.', '/')}.py::{test.__name__}"
        vars(checked)["attack"] = Attack(title, bare, ours, place)
        return checked

    return decorate


def attacks_of(module: object) -> tuple[Attack, ...]:
    """The attacks of a test module, in the order in which they stand there."""
    found = (getattr(value, "attack", None) for value in vars(module).values())
    return tuple(one for one in found if isinstance(one, Attack))
