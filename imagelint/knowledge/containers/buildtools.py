"""Programs that steps of builds run, images that do not have them, and packages that bring them.

Read from the Dockerfiles of the images: docker-library/official-images of November 2026,
gitlab.com/nvidia/container-images/cuda.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.knowledge.recognition import Image

__all__ = ["PROGRAMS", "brings_no_tools", "build_tools_lacked", "may_bring"]

_FETCHING = "curl wget git"
_COMPILERS = "gcc g++ make cmake"
_NODE = "node npm npx pnpm yarn bun"
_PIP = "pip pip3"
_PYTHON = f"{_PIP} python python3"
_LANGUAGES = "go cargo java"
_DEBIAN = "add-apt-repository lsb_release gpg"
_OTHERS = "sudo jq zip unzip"
_ALPINE = "bash curl git sudo jq zip gpg"
_OFFICIAL = "docker.io/library/"
# By glob of the name and of the tag; the first row counts.
_LACKS: tuple[tuple[str, str, str], ...] = (
    *(
        (
            f"{_OFFICIAL}{name}",
            "*",
            f"{_FETCHING} {_COMPILERS} {_NODE} {_PYTHON} {_LANGUAGES} {_DEBIAN} {_OTHERS}",
        )
        for name in ("debian", "ubuntu")
    ),
    (
        f"{_OFFICIAL}alpine",
        "*",
        f"{_ALPINE} {_COMPILERS} {_NODE} {_PYTHON} {_LANGUAGES}",
    ),
    (f"{_OFFICIAL}python", "*alpine*", f"{_ALPINE} {_COMPILERS} {_NODE} {_LANGUAGES}"),
    (
        f"{_OFFICIAL}python",
        "*slim*",
        f"{_FETCHING} {_COMPILERS} {_NODE} {_LANGUAGES} {_DEBIAN} {_OTHERS}",
    ),
    (f"{_OFFICIAL}python", "*windows*", ""),
    (f"{_OFFICIAL}python", "*", f"cmake {_NODE} {_LANGUAGES} sudo jq add-apt-repository"),
    (f"{_OFFICIAL}node", "*alpine*", f"{_ALPINE} {_COMPILERS} {_PYTHON} pnpm bun"),
    (
        f"{_OFFICIAL}node",
        "*slim*",
        f"{_FETCHING} {_COMPILERS} {_PYTHON} pnpm bun {_DEBIAN} {_OTHERS}",
    ),
    (f"{_OFFICIAL}node", "*", f"cmake {_PIP} pnpm bun sudo jq add-apt-repository"),
    (f"{_OFFICIAL}golang", "*alpine*", f"bash curl gcc g++ make cmake {_NODE} {_PIP} sudo jq"),
    (
        f"{_OFFICIAL}rust",
        "*slim*",
        f"{_FETCHING} make cmake {_NODE} {_PIP} {_DEBIAN} sudo jq",
    ),
    (
        "*/nvidia/cuda",
        "*-devel-ubuntu*",
        f"{_FETCHING} cmake {_NODE} {_PIP} python {_LANGUAGES} add-apt-repository {_OTHERS}",
    ),
    (
        "*/nvidia/cuda",
        "*-ubuntu*",
        f"{_FETCHING} {_COMPILERS} {_NODE} {_PIP} python {_LANGUAGES} add-apt-repository {_OTHERS}",
    ),
)
PROGRAMS = frozenset(name for _, _, names in _LACKS for name in names.split())
"""All programs that are known to be missing somewhere."""
# Words that stand in the names of packages, files and images which bring a program.
_COMPILING = ("build-essential", "build-base", "clang", "compilers", "base-devel", "toolchain")
_BROUGHT_BY: Mapping[str, tuple[str, ...]] = {
    "add-apt-repository": ("software-properties",),
    "bun": ("bun",),
    "cargo": ("rust",),
    "g++": (
        "build-essential",
        "build-base",
        "gcc",
        "clang",
        "compilers",
        "base-devel",
        "toolchain",
    ),
    "gcc": (
        "build-essential",
        "build-base",
        "g++",
        "clang",
        "compilers",
        "base-devel",
        "toolchain",
    ),
    "gpg": ("gnupg", "dirmngr"),
    "go": ("golang",),
    "java": ("jdk", "jre", "java", "maven", "gradle"),
    "lsb_release": ("lsb-release", "lsb-core"),
    "make": ("build-essential", "build-base", "base-devel", "toolchain", "automake"),
    "node": ("nodejs", "nvm", "node"),
    "npm": ("nodejs", "nvm", "node"),
    "npx": ("nodejs", "nvm", "node", "npm"),
    "pip": ("pip", "conda", "venv", "virtualenv"),
    "pip3": ("pip", "conda", "venv", "virtualenv"),
    "pnpm": ("corepack",),
    "python": ("python-is-python", "python2", "conda", "venv", "pyenv", "virtualenv", "pypy"),
    "python3": ("python", "py3-", "conda", "pyenv", "pypy"),
    "yarn": ("corepack", "node"),
}
# Packages of distributions that bring no program of these along, as their dependencies say. Those
# whose names begin with `lib` are libraries, but for some.
_PLAIN = frozenset(
    {"apt-transport-https", "ca-certificates", "curl", "wget", "git", "gnupg", "gnupg2", "tzdata"}
    | {"locales", "jq", "unzip", "zip", "tini", "dumb-init", "gosu", "su-exec", "procps", "nano"}
    | {"vim", "less", "bash", "openssl", "netcat-openbsd", "iproute2", "iputils-ping", "tree"}
    | {"openssh-client", "rsync", "file", "xz-utils", "bzip2", "sudo", "dnsutils", "net-tools"}
    | {"lsb-release", "socat", "psmisc", "lsof", "make", "ffmpeg", "zlib1g-dev", "musl-dev"}
    | {"pkg-config", "libc6-dev", "linux-headers", "htop", "tar", "gzip", "zstd", "aria2"}
)
_LIBRARY = pattern(r"lib[a-z0-9+.-]+")
_NO_LIBRARIES = ("libreoffice", "libtool", "libvirt", "libapache")


def build_tools_lacked(image: Image) -> frozenset[str]:
    """The programs of these that an image certainly does not have."""
    known = original(image)
    name = f"{known.registry}/{known.repository}"
    for glob, tags, names in _LACKS:
        if matches(name, glob) and image.tag and matches(image.tag, tags):
            return frozenset(names.split())
    return frozenset()


def may_bring(program: str, text: str) -> bool:
    """Whether what a text names may bring a program by another name than its own."""
    return any(word in text for word in _BROUGHT_BY.get(program, ()))


def brings_no_tools(packages: Iterable[str]) -> bool:
    """Whether packages of a distribution, by their names, bring no other program of these along."""
    return all(
        name in _PLAIN or (_LIBRARY.fullmatch(name) and not name.startswith(_NO_LIBRARIES))
        for name in packages
    )
