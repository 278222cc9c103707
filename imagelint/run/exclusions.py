"""Which files are left out, and which only a locked rule still judges."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.collect.files import relative_to
from imagelint.core.record import NamedTuple
from imagelint.policy.glob import GlobIndex, matches_path, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.report import Report
    from imagelint.policy.model import Policy
    from imagelint.policy.trust.trusted import TrustedPolicy
    from imagelint.run.policies import Policies


class Exclusions(NamedTuple):
    """What the policies of a run exclude, and `globs` of whoever runs us, relative to the folder.

    A policy on which something is locked excludes files from all other rules only.
    """

    policies: Policies
    globs: tuple[str, ...] = ()

    def leave_out(self, path: str) -> bool:
        """Whether a file is not examined at all."""
        here = relative_to("", path) if self.globs else ""
        if any(matches_path(glob, here) for glob in self.globs):
            return True
        return any(held is None for held in self._excluding(path))

    def judged(self, path: str, report: Report) -> Report:
        """Of a report about a file what no exclusion hides."""
        held = [each for each in self._excluding(path) if each is not None]
        if not held:
            return report
        return report._replace(
            findings=tuple(
                finding
                for finding in report.findings
                if all(each.locks(finding.rule) for each in held)
            ),
            allowed=tuple(
                allowed
                for allowed in report.allowed
                if all(each.locks(allowed.finding.rule) for each in held)
            ),
        )

    def _excluding(self, path: str) -> Iterator[TrustedPolicy | None]:
        """Of each layer of the policy that excludes a file, what is locked against it, if any."""
        policy = self.policies.of(os.path.dirname(path) or ".")
        if policy.trusted is None and not policy.exclude:
            return
        for layer in self.policies.layers(policy):
            if layer.policy.exclude and _matches(layer.policy, relative_to(layer.base, path)):
                trusted = layer.policy.trusted
                yield trusted if trusted is not None and trusted.locked.rules else None


def _matches(policy: Policy, place: str) -> bool:
    return next(matching(policy.exclude, place), None) is not None


def matching(globs: tuple[str, ...], place: str) -> Iterator[str]:
    """Those of many globs that match a place, which is relative to the same folder as they."""
    candidates = _index(globs).candidates(plain(place))
    return (globs[at] for at in candidates if matches_path(globs[at], place))


@lru_cache(maxsize=64)
def _index(globs: tuple[str, ...]) -> GlobIndex:
    """The globs of a policy, made to be looked up for one file after the other."""
    return GlobIndex.of_paths(globs)
