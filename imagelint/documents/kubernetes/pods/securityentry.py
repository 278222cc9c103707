"""Where a security context lacks an entry, and what is written there to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.documents.kubernetes.objects import Container

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod

# Of a container; the spec of a pod gets it first.
_BEHIND = ("name", "image", "imagePullPolicy")


Insertion: TypeAlias = "tuple[Span, str]"
"""A place in a text, and what is put there."""


def security_entry(
    document: Document, of: Container | Pod, key: str, written: str
) -> Insertion | None:
    """Where a container or the spec of a pod gets an entry of its security context.

    `key` may be a path of two keys, `capabilities.drop`, of which the first may be there. None of
    what is rendered: the patches of an overlay may have their say.
    """
    if document.rendered:
        return None
    holder = of.body if isinstance(of, Container) else of.spec
    part = document.part_at(holder.span.start)
    above, _, last = key.rpartition(".")
    context = holder["securityContext"]
    if above and context[above].exists:
        return context[above].missing_entry(part, last, written)
    if above:
        key, written = above, f"{{{last}: {written}}}"
    if context.exists:
        return context.missing_entry(part, key, written)
    return holder.missing_entry(part, "securityContext", f"{{{key}: {written}}}", _BEHIND)
