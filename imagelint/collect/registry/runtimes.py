"""Whether container engines get the image under a tag that was looked at.

A registry, or what stands before it, may answer by who asks. Engines ask for the digest of a tag
first, and take what has that digest:
https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go,
https://github.com/moby/moby/blob/master/daemon/internal/distribution/manifest.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.registry.client import Asker, Stored
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.manifest import DOCKER_INDEX, DOCKER_MANIFEST, INDEX, MANIFEST

if TYPE_CHECKING:
    from imagelint.collect.registry.client import Client

# In the order in which each of them writes its types; that we are it as well is not hidden.
_RUNTIMES = (
    Asker(
        "containerd/2.1.4 imagelint",
        f"{DOCKER_MANIFEST}, {DOCKER_INDEX}, {MANIFEST}, {INDEX}, */*",
    ),
    Asker(
        "docker/28.4.0 os/linux arch/amd64 imagelint",
        f"{DOCKER_MANIFEST}, {DOCKER_INDEX}, {INDEX}, {MANIFEST}",
    ),
)


def another_for_runtimes(client: Client, tag: str, digest: str, origin: str) -> Problem | None:
    """The problem that an engine would be given another image than that with `digest` under a tag.

    A registry that does not tell is not doubted, nor is one whose tag was moved meanwhile.
    """
    algorithm = digest.partition(":")[0]
    for runtime in _RUNTIMES:
        said = client.digest(tag, runtime)
        if isinstance(said, Problem) or said.partition(":")[0] != algorithm or said == digest:
            continue
        again = client.manifest(tag)
        if not isinstance(again, Stored) or again.digest != digest:
            return None
        name = runtime.agent.partition("/")[0]
        detail = f"the registry gives {digest} under this tag, and to {name} another image: {said}"
        return Problem(ProblemKind.UNPARSABLE, origin, detail, "name the image by its digest")
    return None
