"""The rule `incompatible-copy`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, confidence=Confidence.LIKELY, keywords=("COPY",))
def incompatible_copy(stage: Stage, ctx: Context) -> Findings:
    """What is copied from another stage cannot run upon this image.

    A program that was linked with glibc is "not found" upon Alpine and in an image from scratch,
    modules of `node_modules` and wheels that were built upon Alpine do not load elsewhere, an
    environment of Python is a link to a Python that the other image has in another place, and
    Python 3.13 does not look into the folder of 3.12.

    Except:
        Images whose libraries are not known, and builds that say how they link (`CGO_ENABLED`,
        `musl`, `-static`).

    Bad:
        FROM golang:1.24 AS build
        WORKDIR /src
        COPY . .
        RUN go build -o /out/server ./cmd/server
        FROM alpine:3.20
        COPY --from=build /out/server /usr/local/bin/server
        USER 10001
        ENTRYPOINT ["server"]

    Good:
        FROM golang:1.24 AS build
        WORKDIR /src
        COPY . .
        RUN CGO_ENABLED=0 go build -o /out/server ./cmd/server
        FROM alpine:3.20
        COPY --from=build /out/server /usr/local/bin/server
        USER 10001
        ENTRYPOINT ["server"]
    """
    if not stage.used or "--from" not in ctx.source.text:
        return
    from imagelint.documents.queries.building.foreign import foreign_copies

    for found in foreign_copies(ctx.document, stage):
        yield ctx.finding(
            found.word,
            found.why,
            help=found.help,
            subject=found.word.text,
        )
