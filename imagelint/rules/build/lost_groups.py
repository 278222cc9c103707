"""The rule `lost-groups`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.accounts import memberships
from imagelint.rules.api import Context, Findings, Severity, rule

_OF_DEVICES = frozenset(("render", "video"))


@rule(Stage, Severity.MEDIUM, references=("tally user-explicit-group-drops-supplementary-groups",))
def lost_groups(stage: Stage, ctx: Context) -> Findings:
    """USER names a group, and the user is in no other one any more.

    With a group behind the colon, a container has that group alone: what `usermod -aG` has added
    is not looked up. Without `video` and `render` a server does not get at the GPUs of AMD and
    Intel; without others the finding is a low one.

    Bad:
        FROM rocm/dev-ubuntu-24.04:6.4
        RUN useradd -m app && usermod -aG video,render app
        USER app:app

    Good:
        FROM rocm/dev-ubuntu-24.04:6.4
        RUN useradd -m app && usermod -aG video,render app
        USER app
    """
    name, group = stage.user.name, stage.user.group
    if not stage.final or not isinstance(name, Known) or not isinstance(group, Known):
        return
    lost: dict[str, None] = {}
    for one in memberships(ctx.document, stage):
        if one.user == name.value:
            lost.update((each, None) for each in one.groups if each not in (group.value, ""))
    if not lost:
        return
    named = ", ".join(f"`{each}`" for each in lost)
    yield ctx.finding(
        stage.user,
        f"`{name.value}` is in the group `{group.value}` alone, and not in {named}",
        help=f"leave out the group: `USER {name.value}`",
        subject=name.value,
        fix=ctx.reworded(stage.user, f"{name.value}:{group.value}", name.value),
        severity=None if _OF_DEVICES.intersection(lost) else Severity.LOW,
    )
