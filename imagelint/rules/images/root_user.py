"""The rule `root-user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.image.config import ImageConfig
from imagelint.documents.queries.stages import base_word, is_windows
from imagelint.documents.shell.script import Script
from imagelint.knowledge.base_images import base_image
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shared import ImageUse

# Programs that give up root before they start what they are told to.
_HADOLINT = "hadolint DL3002"  # which asks for a USER that is root, and not for one
_OTHERS = (
    "Trivy DS-0002",
    "Checkov CKV_DOCKER_3",
    "Checkov CKV_DOCKER_8",
    "Dockle CIS-DI-0001",
)
_DROPPING = frozenset(("gosu", "su-exec", "setpriv", "chpst", "s6-setuidgid", "runuser"))


@rule(
    (Stage, ImageConfig),
    Severity.HIGH,
    references=("CIS Docker 4.1", _HADOLINT, *_OTHERS),
)
def root_user(stage: Stage | ImageConfig, ctx: Context) -> Findings:
    """The container would run as root.

    A process that breaks out of its container keeps the user it had inside, and a server that
    loads models from strangers is a good place to break out of. Only the final stage counts, with
    the stages and the image that it is built upon. A numeric user also satisfies `runAsNonRoot` of
    Kubernetes, which cannot look up names.

    Except:
        Bases that are known to run as another user, users that depend on a variable,
        USER in stages that are not shipped, which leave nothing behind but what is copied
        (https://docs.docker.com/build/building/multi-stage/) and of which hadolint tells;
        entry points that change the user themselves (`gosu`, `su-exec`, `setpriv` …), also those of
        bases (`postgres`, `redis` …), Windows, images from scratch that name no command: they
        carry files to other builds; and images that machines boot (bootc, ostree), of which
        systemd is the first process.

    Bad:
        FROM alpine:3.20
        CMD ["sh"]

    Good:
        FROM alpine:3.20
        USER 10001
        CMD ["sh"]

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"os": "linux", "config": {"User": "", "Cmd": ["serve"]}}, "layers": []}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"os": "linux", "config": {"User": "10001", "Cmd": ["serve"]}}, "layers": []}
    """
    if isinstance(stage, ImageConfig):
        yield from _judge_config(stage, ctx)
        return
    if not stage.final or is_windows(stage) or _drops(stage) or _carries_files(stage):
        return
    from imagelint.documents.queries.dockerfiles.bootable import is_host

    if is_host(ctx.document, stage):
        return
    root = stage.user.is_root
    if isinstance(root, Known) and root.value:
        yield from _judge_user(stage, ctx)
    elif root is ABSENT and stage.root_image is not None:
        yield from _judge_base(stage, stage.root_image, ctx)


def _judge_config(config: ImageConfig, ctx: Context) -> Findings:
    start = (*config.entrypoint, *config.cmd)
    if config.os == "windows" or not start or config.user.partition(":")[0] not in _ROOT:
        return
    first = start[0].rpartition("/")[2]
    if first not in _DROPPING:
        yield ctx.finding(
            config,
            f"the image runs as root: its user is `{config.user}`"
            if config.user
            else "the image runs as root: it names no user",
            help="name another user, such as `10001`",
            subject="image",
            # A script may give up root before it starts what it is told to.
            confidence=Confidence.LIKELY if first.endswith(".sh") else None,
        )


_ROOT = ("", "root", "0")
_ADD = "add `USER 10001` behind the last step that needs root"


def _judge_user(stage: Stage, ctx: Context) -> Findings:
    scratch = stage.user.name is ABSENT
    yield ctx.finding(
        base_word(ctx.document, stage) if scratch else stage.user,
        "no USER: an image from scratch runs as root"
        if scratch
        else "the final stage runs as root",
        help=_ADD if scratch else "end with `USER 10001`",
        subject=stage.name or "final stage",
        references=_OTHERS if scratch else None,
    )


def _judge_base(stage: Stage, use: ImageUse, ctx: Context) -> Findings:
    known = base_image(use.reference.value) if isinstance(use.reference, Known) else None
    name = use.reference.value.familiar if isinstance(use.reference, Known) else use.text
    subject = stage.name or "final stage"
    place = base_word(ctx.document, stage)
    if known is None:
        yield ctx.finding(
            place,
            f"no USER: `{name}` decides who runs, most images say root",
            help=_ADD,
            subject=subject,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
            references=_OTHERS,
        )
    elif known.root and not (known.drops and stage.entrypoint is None):
        own = f"; the image holds the user {known.user}" if known.user else ""
        yield ctx.finding(
            place,
            f"no USER: `{name}` runs as root",
            help=f"{_ADD}{own}",
            subject=subject,
            references=_OTHERS,
        )


def _carries_files(stage: Stage) -> bool:
    """Whether there is nothing to start: neither a base that may say so, nor a command."""
    bare = stage.root_image is None and stage.user.name is ABSENT
    return bare and stage.entrypoint is None and stage.cmd is None


def _drops(stage: Stage) -> bool:
    return any(
        _DROPPING.intersection((command.program, *command.wrappers))
        for start in (stage.entrypoint, stage.cmd)
        if start is not None and isinstance(start.script, Script)
        for command in start.script.commands
    )
