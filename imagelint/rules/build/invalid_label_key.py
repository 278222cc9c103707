"""The rule `invalid-label-key`."""

from __future__ import annotations

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.rules.api import Context, Findings, Severity, rule

# https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations
_KEY = pattern(r"[a-z](?:[a-z0-9./_-]*[a-z0-9])?")
_RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")


@rule(
    Stage,
    Severity.INFO,
    references=("hadolint DL3048", "tally labels/valid-key"),
    keywords=("LABEL",),
)
def invalid_label_key(stage: Stage, ctx: Context) -> Findings:
    """The key of a label is not as Docker recommends.

    Keys begin with a letter in lower case and end with a letter or a digit; dots and dashes stand
    alone. What begins with `com.docker.`, `io.docker.` or `org.dockerproject.` is Docker's own.

    Except:
        Keys that depend on a variable without a value. hadolint takes the dollar for a part of
        the key, which the build replaces
        (https://docs.docker.com/reference/dockerfile/#environment-replacement). Underscores
        and slashes, as hadolint has it and vendors write them (`com.redhat.license_terms`): tally
        does not.

    Bad:
        FROM alpine:3.20
        LABEL Maintainer=jane@example.com

    Good:
        FROM alpine:3.20
        LABEL maintainer=jane@example.com
    """
    for label in labels(stage):
        key = label.key
        if not key:
            continue
        reserved = key.startswith(_RESERVED)
        if not reserved and _KEY.fullmatch(key) and ".." not in key and "--" not in key:
            continue
        yield ctx.finding(
            label,
            f"the key `{key}` is reserved for Docker" if reserved else f"`{key}` is no good key",
            help="write it in lower case, below the name of a domain of yours: "
            "`com.example.<name>=<value>`, or as one word",
            subject=key,
        )
