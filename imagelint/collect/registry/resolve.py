"""From what the user named to one digest, once, and to the images behind that digest.

A layout is read from its folder, anything else from its registry.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.registry.client import Client
from imagelint.collect.registry.images import images_of
from imagelint.collect.registry.layout import (
    is_layout,
    layout_index_of,
    resolve_layout,
)
from imagelint.collect.registry.runtimes import another_for_runtimes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.reference import ImageReference, parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.manifest import descriptors, is_digest, read_manifest

if TYPE_CHECKING:
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.vulnerabilities import VulnerabilityReport

_LATEST = "latest"


def resolve(
    text: str, platform: str = "", deadline: Deadline = NEVER
) -> tuple[ImageTarget, ...] | Problem:
    """The images that `registry/repo[:tag][@digest]` or `oci:DIR[:tag|@digest]` names now.

    All have one digest; there are several when that is the digest of an index and no platform is
    named. A tag under which engines would be given another image is a problem.

    Raises:
        UsageError: it is neither, or a layout holds several images and none is chosen.
    """
    if is_layout(text):
        return resolve_layout(text, platform)
    reference = named(text)
    client = Client(reference, text, deadline)
    blobs = _Remote(client)
    top = client.manifest(reference.digest or reference.tag or _LATEST)
    if isinstance(top, Problem):
        return top
    if not reference.digest:
        told = another_for_runtimes(client, reference.tag or _LATEST, top.digest, text)
        if told is not None:
            return told
    blobs.known[top.digest] = top.data
    return images_of(blobs, ImageIdentity(text, top.digest, reference.familiar), platform)


def named(text: str) -> ImageReference:
    """The reference to an image in a registry that a text is.

    Raises:
        UsageError: it is none, or its digest is none that anybody can check.
    """
    reference = None if text.startswith(_OTHERS) else parse_reference(text)
    if reference is None or (reference.digest and not is_digest(reference.digest)):
        raise UsageError(_unread(text))
    return reference


def index_of(identity: ImageIdentity, deadline: Deadline) -> str:
    """The digest of an index that lists an image which was named by its own digest.

    Looked for is where the name leads: the tag beside the digest, or the layout. Empty when there
    is none, or nobody can tell.
    """
    if identity.layout:
        return layout_index_of(identity)
    reference = parse_reference(identity.reference)
    if reference is None or not (reference.tag and reference.digest):
        return ""
    top = Client(reference, identity.reference, deadline).manifest(reference.tag)
    if isinstance(top, Problem):
        return ""
    view = read_manifest(top.data)
    listed = () if isinstance(view, str) else descriptors(view)
    return top.digest if any(one.digest == identity.digest for one in listed) else ""


# Forms that other tools read: https://github.com/containers/image/blob/main/docs/containers-transports.5.md
_OTHERS = ("docker-daemon:", "docker-archive:", "oci-archive:", "containers-storage:")


def _unread(text: str) -> Diagnostic:
    """Why an image cannot be named so, and the form to name it by."""
    if text.startswith("docker://"):
        return Diagnostic(f"`{text}` is a form of other tools", help=f"write `{text[9:]}`")
    if text.startswith("containers-storage:"):
        help_ = f"name it with the daemon, `docker-daemon:{text.partition(':')[2]}`"
        return Diagnostic("images of a store are not read past its daemon", help=help_)
    if os.path.isdir(text):
        return Diagnostic(f"`{text}` is a folder", help=f"write `oci:{text}` for an OCI layout")
    help_ = "write `registry/repository:tag`, `…@sha256:…` or `oci:FOLDER`"
    return Diagnostic(f"`{text}` is not an image reference", help=help_)


class _Remote:
    """The blobs of a repository; what is known already is not asked for again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.known: dict[str, bytes] = {}

    def manifest(self, digest: str) -> bytes | Problem:
        """The manifest or index of that digest."""
        if digest in self.known:
            return self.known[digest]
        found = self._client.manifest(digest)
        return found if isinstance(found, Problem) else found.data

    def blob(self, digest: str) -> bytes | Problem:
        """The small blob of that digest."""
        found = self._client.blob(digest)
        return found if isinstance(found, Problem) else found.data


def contradiction(target: ImageTarget, report: VulnerabilityReport) -> Problem | None:
    """The problem that Trivy scanned something else than this image, layer by layer."""
    identity, scanned = target.identity, report.scanned
    layers = tuple((layer.digest, layer.diff_id) for layer in identity.layers)
    if scanned.image_id != identity.config:
        told = scanned.image_id or "an image that it does not name"
        detail = f"Trivy scanned {told}, not {identity.config}"
    elif not identity.layout and scanned.digest != identity.manifest:
        told = scanned.digest or "an image that it does not name"
        detail = f"Trivy scanned {told}, not {identity.manifest}"
    elif scanned.layers != layers or not {name for _, name in layers}.issuperset(scanned.diff_ids):
        detail = (
            f"Trivy scanned {len(scanned.layers)} layers that are not the image's {len(layers)}"
        )
    else:
        return None
    return Problem(ProblemKind.TOOL_FAILED, identity.reference, detail)


def another(target: ImageTarget, report: VulnerabilityReport) -> Problem | None:
    """The problem that a bill of materials says itself that it is about another image."""
    identity, said = target.identity, report.scanned.image_id
    if said in ("", identity.config):
        return None
    detail = f"its bill of materials (SBOM) is about the image {said}, not {identity.config}"
    return Problem(ProblemKind.UNPARSABLE, identity.reference, detail)
