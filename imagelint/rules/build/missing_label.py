"""The rule `missing-label`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.documents.queries.stages import base_word, chain
from imagelint.knowledge.dockerfile.labels import REQUIRED
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """Which labels an image must have."""

    preset: Literal["none", "oci", "model-card"] = field(
        default="oci",
        metadata={
            "doc": "`oci`: where it comes from, its revision and licences; `model-card`: "
            "`org.cncf.model.` name, revision and license; `none`"
        },
    )
    labels: tuple[str, ...] = field(default=(), metadata={"doc": "further keys that are required"})


@rule(Stage, Severity.LOW, options=Options, references=("hadolint DL3049",))
def missing_label(stage: Stage, ctx: Context, options: Options) -> Findings:
    """The image lacks a label that it must have.

    Without them nobody can tell, of an image that is found in a cluster, from which commit it was
    built, and under which licences it may be used. Builds that are given labels by
    `docker build --label` or an action need no rule about them.

    Except: stages that are not the last, of which hadolint tells as well and nothing stays but
    what is copied (https://docs.docker.com/build/building/multi-stage/); labels whose keys are not
    known.

    Bad:
        FROM alpine:3.20
        LABEL org.opencontainers.image.revision=4be4c1d
        LABEL org.opencontainers.image.licenses=MIT

    Good:
        FROM alpine:3.20
        LABEL org.opencontainers.image.revision=4be4c1d
        LABEL org.opencontainers.image.licenses=MIT
        LABEL org.opencontainers.image.source=https://example.com/app
    """
    if not stage.final:
        return
    present = {label.key for part in chain(ctx.document, stage) for label in labels(part)}
    if "" in present:
        return
    wanted = dict.fromkeys((*REQUIRED.get(options.preset, ()), *options.labels))
    missing = [key for key in wanted if key not in present]
    if missing:
        yield ctx.finding(
            base_word(ctx.document, stage),
            f"the image has no label {', '.join(f'`{key}`' for key in missing)}",
            help=f"add `LABEL {missing[0]}=…`" + (", and the others" if missing[1:] else ""),
            subject=missing[0],
        )
