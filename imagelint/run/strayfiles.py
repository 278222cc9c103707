"""Files that look like a policy and are not read, and those that a policy names in vain."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.kinds import kind_by_path
from imagelint.documents.policyfile import PolicyFile
from imagelint.run.policyfiles import POLICY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.collect.files import FoundFile
    from imagelint.core.environment import DeclaredBuild
    from imagelint.run.policies import Policies


def unread_policies(files: Iterable[FoundFile], policies: Policies) -> Iterator[Problem]:
    """A problem for each file that is nearly named as a policy is, and holds nowhere.

    None where policies are named on the command line: then no other is read, by choice.
    """
    if policies.are_named:
        return
    suspects = [found for found in files if _is_lookalike(found)]
    if not suspects:
        return
    read = {
        os.path.realpath(source.origin) for policy in policies.all() for source in policy.sources
    }
    for found in suspects:
        if os.path.realpath(found.path) not in read:
            detail = f"looks like a policy and is not read: only `{POLICY_NAME}` is"
            help_ = f"rename it to `{POLICY_NAME}`, or extend it there"
            yield Problem(ProblemKind.UNRECOGNISED, found.origin, detail, help_)


def _is_lookalike(found: FoundFile) -> bool:
    name = os.path.basename(found.path)
    return name != POLICY_NAME and kind_by_path(name.lower()) == PolicyFile.kind


def missing_builds(policies: Policies) -> Iterator[Problem]:
    """A problem for each Dockerfile, and each stage, that `images` of a policy names in vain.

    What is built from it would else be taken for images of which nothing is known.
    """
    for policy in policies.all():
        for one in policy.environment.images:
            said = policy.origins.get("environment.images", "")
            origin = said.rpartition(":")[0] or ", ".join(policy.extends)
            detail = _fault(one)
            if detail:
                help_ = f"correct what `images` of the policy says of `{one.glob}`"
                yield Problem(ProblemKind.UNREADABLE, origin, detail, help_)


def _fault(one: DeclaredBuild) -> str:
    if not os.path.isfile(one.dockerfile):
        return f"`{one.glob}` is built from `{one.dockerfile}`, which is no file"
    return _fault_of_target(one) if one.target else ""


def _fault_of_target(one: DeclaredBuild) -> str:
    from imagelint.collect.read import decode, read_bytes
    from imagelint.deployment.builds import stage_named
    from imagelint.documents.dockerfile.reading import parse_dockerfile

    data = read_bytes(one.dockerfile, one.dockerfile)
    text = decode(data, one.dockerfile).source if isinstance(data, bytes) else None
    if text is None:
        return f"`{one.glob}` is built from `{one.dockerfile}`, which cannot be read"
    if stage_named(parse_dockerfile(text), one.target) is None:
        return f"`{one.glob}` is built of `{one.target}`, which is no stage of `{one.dockerfile}`"
    return ""
