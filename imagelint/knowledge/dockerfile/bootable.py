"""Images that machines boot instead of running them: hosts, shipped as containers.

Sources, read in November 2026: containers/bootc:docs/src/bootc-images.md (`containers.bootc`,
`ostree.bootable`, `bootc container lint`, `ostree container commit`), docs.fedoraproject.org/en-US/
bootc/base-images, docs.redhat.com "Using image mode for RHEL", github.com/ublue-os.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.globs import Globs

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference

LABELS = frozenset(("containers.bootc", "ostree.bootable"))
"""The labels by which an image says so of itself."""
COMMANDS = (("bootc", "container", "lint"), ("ostree", "container", "commit"))
"""Commands of a build that only check or close the file system of a host."""
FIRST_PROCESSES = frozenset(("init", "systemd"))
"""What a host starts, as `CMD ["/sbin/init"]` says of some."""

_NAMES = Globs(("*-bootc", "bootc", "bootc-*", "*-coreos", "fedora-silverblue", "fedora-kinoite"))
_OWNERS = frozenset(("ublue-os", "fedora-ostree-desktops", "centos-bootc"))
_TOOLS = "bootc-image-builder"  # which makes disks of them


def is_bootable(image: ImageReference) -> bool:
    """Whether an image is known, or called, as a host's own."""
    *owner, name = image.repository.rsplit("/", 2)
    if name == _TOOLS:
        return False
    return _NAMES.matches(name) or (bool(owner) and owner[-1] in _OWNERS)
