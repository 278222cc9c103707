"""Files that look like a policy, and are read by nobody."""

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
