"""The rule `signed-tag`."""

from __future__ import annotations

from imagelint.documents.runlines.signing import SignedImage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(SignedImage, Severity.MEDIUM)
def signed_tag(signed: SignedImage, ctx: Context) -> Findings:
    """An image is signed by its tag, which may be another one by then.

    What is signed is the digest to which the tag leads when cosign asks. Whoever pushes to the
    tag between the build, the scan and the signature has his own image signed, and nobody notices:
    cosign itself says that a later release will take no tags. The digest is what the step that
    pushes tells (`outputs.digest` of `docker/build-push-action`, `--metadata-file` of buildx).

    Except:
        Names that are one variable, which may hold a digest, and what a command substitutes.

    Bad (release.sh):
        #!/bin/sh
        cosign sign --yes registry.example.com/llm/server:1.4.0

    Good (release.sh):
        #!/bin/sh
        cosign sign --yes "registry.example.com/llm/server@${DIGEST}"
    """
    if signed.by_tag:
        yield ctx.finding(
            signed,
            f"`{signed.text}` is signed by a tag",
            help="name the digest that was pushed instead of the tag",
            subject=signed.text,
        )
