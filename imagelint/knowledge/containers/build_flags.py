"""The flags of programs that build images: which take a value, which stand alone.

Docker 29 with Buildx, https://docs.docker.com/reference/cli/docker/buildx/build/; Podman 5.7 and
Buildah 1.42, https://docs.podman.io/en/stable/markdown/podman-build.1.html; nerdctl 2.2,
https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md (read in November 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.containers.run_flags import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

_VALUED = frozenset(
    """
    add-host allow annotation attest build-arg build-context builder cache-from cache-to call
    cgroup-parent cpu-period cpu-quota cpu-shares cpuset-cpus cpuset-mems file iidfile isolation
    label memory memory-swap metadata-file network no-cache-filter output platform policy progress
    provenance sbom secret security-opt shm-size ssh tag target ulimit
    """.split()  # noqa: SIM905 - a table that stays readable
)
_ALONE = frozenset(
    """
    check compress debug disable-content-trust force-rm help load no-cache pull push quiet rm squash
    """.split()  # noqa: SIM905 - a table that stays readable
)
_OF_BUILDAH = frozenset(
    """
    arch authfile build-arg-file cap-add cap-drop cert-dir compat-volumes-path cpp-flag creds
    created-annotation cw decryption-key device dns dns-option dns-search env format from group-add
    hooks-dir ignorefile ipc jobs layer-label logfile manifest network os os-feature os-version pid
    retry retry-delay rewrite-timestamp-to runtime runtime-flag sbom-image-output
    sbom-merge-strategy sbom-output sbom-preset sbom-purl-output sbom-scanner-command
    sbom-scanner-image sign-by
    signature-policy source-date-epoch timestamp unsetannotation unsetenv unsetlabel userns
    userns-gid-map userns-gid-map-group userns-uid-map userns-uid-map-user uts variant volume
    """.split()  # noqa: SIM905 - a table that stays readable
)
_ALONE_OF_BUILDAH = frozenset(
    """
    all-platforms compat-volumes http-proxy identity-label inherit-annotations inherit-labels layers
    log-split no-hostname no-hosts omit-history rewrite-timestamp save-stages skip-unused-stages
    squash-all stdin tls-verify
    """.split()  # noqa: SIM905 - a table that stays readable
)
_SHORT = {
    "c": "cpu-shares",
    "D": "debug",
    "f": "file",
    "m": "memory",
    "o": "output",
    "q": "quiet",
    "t": "tag",
    "v": "volume",
}
_DOCKER = Verb(_VALUED, _ALONE, _SHORT)
_BUILDAH = Verb(_VALUED | _OF_BUILDAH, _ALONE | _ALONE_OF_BUILDAH, _SHORT)
BUILD_VERBS: Mapping[str, Mapping[str, Verb]] = {
    "docker": dict.fromkeys(
        ("build", "image build", "builder build", "buildx build", "buildx b"), _DOCKER
    ),
    "nerdctl": dict.fromkeys(("build", "image build", "builder build"), _DOCKER),
    "podman": dict.fromkeys(("build", "image build", "buildx build"), _BUILDAH),
    "buildah": dict.fromkeys(("build", "bud", "build-using-dockerfile"), _BUILDAH),
}
"""By program, the commands that build an image."""
_BAKE = Verb(
    frozenset(
        """
        allow builder call file list metadata-file progress provenance sbom set var
        """.split()  # noqa: SIM905 - a table that stays readable
    ),
    frozenset(["check", "debug", "load", "no-cache", "print", "pull", "push", "help"]),
    {"D": "debug", "f": "file"},
)
BAKE_VERBS: Mapping[str, Mapping[str, Verb]] = {
    "docker": dict.fromkeys(("buildx bake", "buildx f", "bake"), _BAKE)
}
"""By program, the commands that build what a bake file says.

https://docs.docker.com/reference/cli/docker/buildx/bake/
"""
