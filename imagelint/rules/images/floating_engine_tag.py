"""The rule `floating-engine-tag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.deployment.builds import given_images, is_built
from imagelint.documents.builds import GivenBuild
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import engine_of_image
from imagelint.knowledge.versions import is_channel
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference

# What llama.cpp, ROCm builds and TGI call their flavours, and a bare major version; `server-b6900`
# is a build.
_FLAVOUR = pattern(
    r"(?:server|full|light)(?:-(?!b\d+$)[a-z0-9]+)?|rocm|cuda|cpu|gpu|intel[a-z-]*|xpu|py\d+|v?\d+"
)


@rule((ImageUse, GivenBuild), Severity.HIGH)
def floating_engine_tag(use: ImageUse | GivenBuild, ctx: Context) -> Findings:
    """The tag of the serving engine's image moves.

    `nightly`, `main`, `server-cuda` or a bare major version look like a choice, yet the image
    behind them is replaced with every build. Engines rename flags, drop environment variables and
    change the memory they need between releases, so a restart can end in another server, or in
    none. `latest` and a missing tag are reported by `unpinned-image`. What a build of the run gives
    for a variable of FROM is judged where it is written.

    Except:
        A digest behind the tag, a tag that depends on a variable, locally built services.

    Bad:
        FROM vllm/vllm-openai:nightly

    Good:
        FROM vllm/vllm-openai:v0.32.0

    Bad (compose.yaml):
        services:
          api:
            image: ghcr.io/ggml-org/llama.cpp:server-cuda

    Good (compose.yaml):
        services:
          api:
            image: ghcr.io/ggml-org/llama.cpp:server-cuda-b11865
    """
    if isinstance(use, GivenBuild):
        yield from _judge_given(use, ctx)
        return
    image = use.known
    if use.built or use.role is ImageRole.TARGET or image is None:
        return
    name = engine_of_image(image)
    if not name or not _moves(image):
        return
    yield ctx.finding(
        use,
        f"the tag `{image.tag}` of {engine(name).title}'s image moves with every build",
        help=f"name a release: `{image.familiar}:<version>`, best with its digest",
        subject=image.familiar,
    )


def _judge_given(given: GivenBuild, ctx: Context) -> Findings:
    origin = ctx.document.part_at(given.span.start).source.origin
    for one in given_images(given, origin, ctx.project):
        image = one.use.known
        if one.place is None or image is None or is_built(image, ctx.project):
            continue
        name = engine_of_image(image)
        if not name or not _moves(image):
            continue
        yield ctx.finding(
            one.place,
            f"the tag `{image.tag}` of {engine(name).title}'s image moves with every build",
            help="give the tag of a release, best with its digest",
            notes=(ctx.note("FROM takes it here", one.use, one.dockerfile),),
            subject=image.familiar,
            confidence=None if given.certain else Confidence.LIKELY,
        )


def _moves(image: ImageReference) -> bool:
    return not image.digest and image.tag not in ("", "latest") and _floats(image.tag)


def _floats(tag: str) -> bool:
    return bool(_FLAVOUR.fullmatch(tag.lower())) or is_channel(tag)
