"""The rule `object-without-kind`."""

from __future__ import annotations

from imagelint.documents.complaints import ObjectWithoutKind
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    ObjectWithoutKind,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def object_without_kind(complaint: ObjectWithoutKind, ctx: Context) -> Findings:
    """A document of a manifest has neither `kind` nor `apiVersion`.

    kubectl stops at it: "apiVersion not set, kind not set", and what stands before it may have been
    applied already. It is a piece that slipped behind a `---`, or belongs to another tool.

    Except: an empty document, as a `---` at the end of a file leaves behind.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        ---
        metadata: {name: server}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: server}
    """
    yield ctx.complaint(complaint)
