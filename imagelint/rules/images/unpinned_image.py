"""The rule `unpinned-image`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.deployment.builds import builds_with, given_images, is_built
from imagelint.documents.builds import GivenBuild
from imagelint.documents.queries.named_contexts import is_named_context, may_be_context
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.knowledge.recognition import engine_of_image
from imagelint.knowledge.versions import is_channel
from imagelint.rules.api import Confidence, Context, Findings, Note, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference

_NO_SUCH_TAG = "docker.io/nvidia/cuda"


# Other tools tell them apart: who may leave out the one is not asked about the other.
_NO_TAG, _LATEST = "hadolint DL3006", "hadolint DL3007"
_TAG = (
    "Trivy DS-0001",
    "Trivy KSV-0013",
    "Checkov CKV_DOCKER_7",
    "Checkov CKV_K8S_14",
    "Dockle DKL-DI-0006",
    "kube-linter latest-tag",
    "kube-score container-image-tag",
    "Polaris tagNotSpecified",
    "Kyverno disallow-latest-tag",
)
_DIGEST = ("Checkov CKV_K8S_43",)


@dataclass(frozen=True)
class Options:
    """What counts as pinned."""

    pin: str = field(
        default="tag",
        metadata={
            "doc": "`tag`: a tag other than `latest` is enough; `digest`: only a digest is",
            "strictest": "digest",
        },
    )


@rule(
    (ImageUse, GivenBuild),
    Severity.MEDIUM,
    options=Options,
    references=(_NO_TAG, _LATEST, *_TAG, *_DIGEST),
)
def unpinned_image(use: ImageUse | GivenBuild, ctx: Context, options: Options) -> Findings:
    r"""The image is not pinned to a version.

    Without a tag, with `latest`, or with a channel (`main`, `nightly`, `edge`, `stable` …),
    tomorrow's build or restart takes whatever was pushed last: another CUDA release, other flags,
    other numbers. Nobody can say afterwards what was running. The rule looks wherever an image is
    named: FROM, `COPY --from`, `RUN --mount=from`, pods and compose services, and `# syntax=`,
    whose image reads the Dockerfile and drives its build (there it is of low severity). Stages,
    `scratch` and services that are built locally are not images.

    Where a variable has a default, that is what a build takes
    (https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact); hadolint
    says nothing of it. What a build of the run gives for that variable (`build.args` of compose,
    `args` of bake, `--build-arg` …) is judged where it is written. A default that no build of the
    run leaves as it is, is of low severity: only a build by hand takes it.

    Except:
        A name that depends on a variable without a value, or one that is plainly to be replaced
        (`non-existing`, kubebuilder's `controller`); the default of an ARG that only a local build
        can have made, having neither a registry nor an owner, as none of Docker's own images; or a
        name that a compose or bake file gives to this build as a context (`additional_contexts`,
        `contexts`). A bare name in `--from` may be such a context that nobody declares: of it the
        finding is likely. An image that a kustomization of the run replaces is judged there.

    Bad:
        FROM python
        COPY --from=busybox:latest /bin/busybox /bin/

    Good:
        FROM python:3.12.7-slim
        COPY --from=busybox:1.37.0 /bin/busybox /bin/

    Bad (compose.yaml):
        services:
          api:
            image: vllm/vllm-openai

    Good (compose.yaml):
        services:
          api:
            image: "vllm/vllm-openai:v0.32.0@sha256:\
              9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    """
    if isinstance(use, GivenBuild):
        yield from _judge_given(use, ctx, options)
    elif not (use.built or use.role is ImageRole.TARGET or _is_context(use, ctx)):
        yield from _judge_named(use, ctx, options)


def _judge_named(use: ImageUse, ctx: Context, options: Options) -> Findings:
    if not isinstance(use.reference, Known):
        yield from _judge_partial(use, ctx, options)
        return
    image = use.reference.value
    floating = _floats(image)
    if use.role is ImageRole.FRONTEND:
        floating = floating or image.tag in _FRONTEND_CHANNELS
    if image.digest or not (floating or options.pin == "digest"):
        return
    if _is_placeholder(use, image):
        return
    if may_be_context(use):
        message = f"`{use.text}` is an image without a tag, or a context that the build is given"
        yield ctx.finding(
            use,
            message,
            help=_DECLARE,
            subject=image.familiar,
            confidence=Confidence.LIKELY,
            references=() if options.pin == "digest" else _TAG,
        )
    elif floating:
        given = _given_others(use, ctx)
        yield ctx.finding(
            use,
            _message(image) + (_BY_HAND if given else ""),
            help=_NEW_TAG if _is_renamed(use, ctx) else _REPLACE,
            notes=given,
            subject=image.familiar,
            severity=Severity.LOW if given else _severity(use, image),
            references=() if use.role is ImageRole.FRONTEND else _answered(use, image.tag, options),
        )
    else:
        yield ctx.finding(
            use,
            f"`{image.familiar}` has no digest: "
            f"the tag `{image.tag}` can be moved to another image",
            help=(
                _DIGEST_TOO if _is_renamed(use, ctx) else f"append the digest: `{image}@sha256:…` "
            )
            + f"(`docker buildx imagetools inspect {image}` shows it)",
            subject=image.familiar,
            severity=Severity.LOW if use.role is ImageRole.FRONTEND else None,
            references=() if use.role is ImageRole.FRONTEND else _DIGEST,
        )


def _judge_given(given: GivenBuild, ctx: Context, options: Options) -> Findings:
    """What a build gives to a Dockerfile for the image in its FROM."""
    for one in given_images(given, _origin(given, ctx), ctx.project):
        image = one.use.reference.value if isinstance(one.use.reference, Known) else None
        if image is None or one.place is None or image.digest or _is_own(one.use, image, ctx):
            continue
        if not _floats(image):
            # A default without a digest is told itself.
            if options.pin != "digest" or one.usual is None or not one.usual.digest:
                continue
            message = f"`{image.familiar}:{image.tag}` has no digest"
        else:
            message = _message(image)
        yield ctx.finding(
            one.place,
            f"`{one.place.name}={one.value}` builds on an image that is not pinned: {message}",
            help=_REPLACE,
            notes=(ctx.note("FROM takes it here", one.use, one.dockerfile),),
            subject=image.familiar,
            severity=Severity.HIGH if _breaks(image) else None,
            confidence=None if given.certain else Confidence.LIKELY,
            references=(),
        )


def _origin(given: GivenBuild, ctx: Context) -> str:
    return ctx.document.part_at(given.span.start).source.origin


def _is_own(use: ImageUse, image: ImageReference, ctx: Context) -> bool:
    """Whether the run builds it itself, or nobody can have meant it."""
    return _is_placeholder(use, image) or is_built(image, ctx.project)


def _given_others(use: ImageUse, ctx: Context) -> tuple[Note, ...]:
    """Who gives it another image, where every build of the run does."""
    if use.role is not ImageRole.BASE:
        return ()
    builds = builds_with(use, ctx.source.origin, ctx.project, _floats)
    return tuple(ctx.note("a release is given here", one, of) for of, one in builds[:3])


_BY_HAND = "; builds of the run give another, but one by hand takes this"


def _floats(image: ImageReference) -> bool:
    """Whether a tag, or its lack, moves; those of engines are another rule's."""
    if image.digest:
        return False
    return image.tag in ("", "latest") or (is_channel(image.tag) and not engine_of_image(image))


def _judge_partial(use: ImageUse, ctx: Context, options: Options) -> Findings:
    """What variables are a part of: no registry adds a tag."""
    untagged = use.tag is ABSENT
    tag = use.tag.value if isinstance(use.tag, Known) else use.text.rpartition(":")[2]
    if not untagged and ("$" in tag or "/" in tag or not is_channel(tag)):
        return
    yield ctx.finding(
        use,
        f"`{use.text}` {'has no tag: it ' if untagged else ''}takes whatever was pushed last",
        help=_REPLACE,
        severity=Severity.HIGH if use.known and engine_of_image(use.known) else None,
        references=_answered(use, "" if untagged else tag, options),
    )


def _answered(use: ImageUse, tag: str, options: Options) -> tuple[str, ...]:
    """What other tools say of an image with this tag, or with none; hadolint looks at FROM.

    Where a digest is asked for there is neither, and no other tool's one answer is about both.
    """
    if options.pin == "digest":
        return ()
    own = {"": _NO_TAG, "latest": _LATEST}.get(tag)
    return (own, *_TAG) if own and use.role is ImageRole.BASE else _TAG


# https://docs.docker.com/build/buildkit/frontend/: what is built of each change, and `:labs`, that
# of the newest release with what is tried out.
_FRONTEND_CHANNELS = frozenset(("labs", "experimental", "master", "master-labs"))
_DECLARE = (
    "name the version of the image; a context belongs into `additional_contexts` of a compose "
    "file, or into `environment.build-contexts` of the policy"
)
# Defaults of ARG, and images of pods, which nobody can use, so that another must be told.
_PLACEHOLDERS = frozenset(
    ("non-existing", "nonexisting", "non-existent", "nonexistent", "does-not-exist", "placeholder")
)

# `make deploy` of kubebuilder's projects replaces it: book.kubebuilder.io/cronjob-tutorial/running
_OF_KUBEBUILDER = "docker.io/library/controller"


def _is_context(use: ImageUse, ctx: Context) -> bool:
    if use.text in ctx.environment.build_contexts:
        return True
    return is_named_context(use, ctx.source.origin, ctx.project)


def _is_placeholder(use: ImageUse, image: ImageReference) -> bool:
    if use.role is ImageRole.POD and image.name == _OF_KUBEBUILDER:
        return True
    # A name is written out before the colon, where only its tag has a variable.
    if use.role is ImageRole.BASE and "$" in use.text.partition(":")[0] and _is_local(image):
        return True
    may_be = use.role is ImageRole.POD or "$" in use.text
    return may_be and image.repository.rpartition("/")[2] in _PLACEHOLDERS


def _is_local(image: ImageReference) -> bool:
    """Whether the default of an argument names what only a machine of its own can have built."""
    from imagelint.knowledge.dockerfile.official_images import OFFICIAL_IMAGES

    owner, _, name = image.repository.rpartition("/")
    return (image.registry, owner) == _OF_DOCKER and name not in OFFICIAL_IMAGES


_OF_DOCKER = ("docker.io", "library")
_REPLACE = "name the version that was tested, best with its digest: `<name>:<version>@sha256:…`"

_NEW_TAG = "name the version that was tested: `newTag: <version>`, best with `digest: sha256:…`"
_DIGEST_TOO = "add the digest: `digest: sha256:…` "


def _is_renamed(use: ImageUse, ctx: Context) -> bool:
    """Whether a kustomization names the image in parts."""
    if ctx.document.rendered:
        origin = ctx.document.part_at(use.span.start).source.origin
        in_parts = ctx.text(use.span).strip("\"'") != use.text
        return in_parts and origin.rpartition("/")[2].lower().startswith("kustomization")
    return ctx.document.kind == "kustomization" and use.path.startswith("images[")


def _severity(use: ImageUse, image: ImageReference) -> Severity | None:
    if use.role is ImageRole.FRONTEND:
        return Severity.LOW
    return Severity.HIGH if _breaks(image) else None


def _breaks(image: ImageReference) -> bool:
    return image.name == _NO_SUCH_TAG or bool(engine_of_image(image))


def _message(image: ImageReference) -> str:
    if image.name == _NO_SUCH_TAG:
        return f"`{image}` cannot be pulled: nvidia/cuda has no `latest` since 2021"
    what = f"is `{image.tag}`" if image.tag else "has no tag"
    return f"`{image.familiar}` {what}: it takes whatever was pushed last"
