"""apt, apk, the yum family and zypper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import bare_text, is_open
from imagelint.documents.packages.packagemanager import Cache, Ecosystem, Manager, Pin

if TYPE_CHECKING:
    from imagelint.documents.packages.options import ParsedOptions
    from imagelint.documents.packages.packagemanager import Call
    from imagelint.documents.shell.script import Word

_APT_VALUED = frozenset(
    {"-o", "--option", "-c", "--config-file", "-t", "--target-release", "--default-release"}
    | {"-a", "--host-architecture", "--solver"}
)
_APK_VALUED = frozenset(
    {"-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--arch"}
    | {"--cache-dir", "--repositories-file", "--wait", "--cache-max-age", "--progress-fd"}
    | {"--timeout"}
)
_RPM_VALUED = frozenset(
    {"-c", "--config", "-x", "--exclude", "--excludepkgs", "--enablerepo", "--disablerepo"}
    | {"--repo", "--repoid", "--repofrompath", "--setopt", "--releasever", "--installroot", "-d"}
    | {"-e", "--debuglevel", "--errorlevel", "-R", "--randomwait", "--disableplugin"}
    | {"--enableplugin", "--forcearch", "--advisory", "--downloaddir", "--destdir", "--comment"}
)
_ZYPPER_VALUED = frozenset(
    {"-r", "--repo", "--from", "-t", "--type", "-R", "--root", "-D", "--reposd-dir", "--cache-dir"}
    | {"-c", "--config", "-p", "--plus-repo", "--download", "--solv-cache-dir", "--gpgkey"}
)
_NO_RECOMMENDS = pattern(r"(?i)APT::Install-Recommends=[\"']?(?:0|false|no|off)[\"']?$")
_RPM_VERSION = pattern(r"(.+?)-(?:\d+:)?(\d[^-]*\.[^-]*(?:-[^-]+)?)")
_VERSIONED_FILE = pattern(r"[-_]\d[^/]*\.(?:deb|rpm|apk)$")
_OPERATOR = pattern(r"(=~|~=|>=|<=|=|>|<|~)")


def _read_apt(call: Call) -> tuple[PackageInstall, ...]:
    """`apt-get install`, `apt upgrade`, `apt-get build-dep` and their kin."""
    words = call.words
    quiet = words.count("-q", "--quiet")
    silent = quiet > 1 or any(word.text == "2" for word in words.values("-q", "--quiet"))
    spelt = any(_NO_RECOMMENDS.match(word.text) for word in words.values("-o", "--option"))
    return tuple(
        found._replace(
            assume_yes=silent or found.assume_yes, no_recommends=spelt or found.no_recommends
        )
        for found in _read(call)
    )


def _read(call: Call) -> tuple[PackageInstall, ...]:
    """An installation by any of these managers, from what its value says."""
    manager, words = call.manager, call.words
    verb, operands = words.verb((*manager.installs, *manager.streamed, *manager.upgrades))
    if not verb:
        return ()
    read = _module if verb in manager.streamed else _requirement
    packages = tuple(
        read(word, manager.ecosystem)
        for word in operands
        if not _is_removal(word, manager.ecosystem)
    )
    group = words.values(*manager.groups)
    return (
        PackageInstall(
            call.command.span,
            call.command,
            manager,
            verb,
            packages,
            indexes=_indexes(words),
            options=words.options,
            assume_yes=not manager.assume_yes or words.has(*manager.assume_yes),
            no_recommends=words.has(*manager.no_recommends),
            no_cache=any(words.has(*cache.off_options) for cache in manager.caches),
            upgrade=verb in manager.upgrades and not packages,
            group=group[0].text if group else "",
            complete=words.complete,
        ),
    )


def _indexes(words: ParsedOptions) -> tuple[PackageIndex, ...]:
    return tuple(
        PackageIndex(option.span, "--repository", option.value.value)
        for option in words.options
        if option.name in ("-X", "--repository") and option.value
    )


def _is_removal(word: Word, ecosystem: Ecosystem) -> bool:
    """`name-` of apt and `!name` of apk say what must not be installed."""
    text = bare_text(word)
    return (ecosystem is Ecosystem.DEB and text.endswith("-")) or text.startswith("!")


def _requirement(word: Word, ecosystem: Ecosystem) -> Requirement:
    text = bare_text(word)
    if text.endswith((".deb", ".rpm", ".apk")) or "://" in text:
        return _file(word, text)
    if ecosystem is Ecosystem.RPM and not _OPERATOR.search(text):
        return _rpm(word, text)
    parts = _OPERATOR.split(text, maxsplit=1)
    name = parts[0].partition(":")[0].partition("/")[0].partition("@")[0].strip()
    name = "" if "$" in name else name
    specifier = text[len(parts[0]) :].strip()
    if is_open(word):
        return Requirement(word.span, word.raw, name, specifier, pinned=UNKNOWN)
    exact = len(parts) > 1 and parts[1] == "=" and "*" not in parts[2]
    version = parts[2].strip() if exact else ""
    return Requirement(word.span, word.raw, name, specifier, version, Known(value=exact))


def _module(word: Word, _: Ecosystem) -> Requirement:
    """`name:stream/profile` of dnf: https://dnf.readthedocs.io/en/latest/modularity.html."""
    name, found, stream = bare_text(word).partition("/")[0].partition(":")
    pinned: Fact[bool] = UNKNOWN if is_open(word) else Known(value=bool(found))
    name = "" if "$" in name else name
    return Requirement(word.span, word.raw, name, f"{found}{stream}", stream, pinned)


def _file(word: Word, text: str) -> Requirement:
    local = "://" not in text
    versioned = local or _VERSIONED_FILE.search(text) is not None
    pinned: Fact[bool] = UNKNOWN if is_open(word) and not local else Known(value=versioned)
    name = re.split(r"[-_]\d", text.rpartition("/")[2])[0] if versioned else ""
    url = "" if local else text
    return Requirement(word.span, word.raw, name, pinned=pinned, url=url, local=local)


def _rpm(word: Word, text: str) -> Requirement:
    if is_open(word):
        name = "" if "$" in text else text
        return Requirement(word.span, word.raw, name, pinned=UNKNOWN)
    match = _RPM_VERSION.fullmatch(text)
    if match is None or "*" in match[2]:
        name = match[1] if match else text.partition("*")[0].rstrip("-")
        return Requirement(word.span, word.raw, name)
    name, version = match[1], match[2]
    return Requirement(word.span, word.raw, name, f"-{version}", version, Known(value=True))


_APT_LISTS = Cache(
    "apt-lists", ("/var/lib/apt/lists",), cleaned_by=("distclean", "dist-clean")
)  # apt-get(8): `clean` keeps the lists, `distclean` (apt 2.7.8 on) removes them as well
APT = Manager(
    name="apt",
    programs=("apt-get", "apt"),
    ecosystem=Ecosystem.DEB,
    read=_read_apt,
    pin=Pin("{name}={version}", ("{name}={version}*", "{name}/stable")),
    source="https://manpages.debian.org/stable/apt/apt-get.8.en.html",
    installs=("install", "reinstall", "build-dep", "satisfy"),
    # apt(8): "an end-user tool … it may change behavior between versions".
    for_people=("apt",),
    upgrades=("upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"),
    release_upgrades=("dist-upgrade", "full-upgrade"),
    refresh=("update",),
    lists=_APT_LISTS,
    caches=(Cache("apt", ("/var/cache/apt",), cleaned_by=("clean", "distclean", "dist-clean")),),
    # https://github.com/debuerreotype/debuerreotype/blob/master/scripts/.docker-clean.sh
    cleaned_in_images="docker-clean",
    removes=("remove", "purge", "autoremove"),
    sweeps=("--auto-remove", "--autoremove", "autoremove"),
    markers=("apt-mark auto",),
    valued=_APT_VALUED,
    dry_run=("-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act"),
    # `--force-yes` goes on with what is harmful, and asks all the same: `InstallPackages` in
    # apt-private/private-install.cc looks at Assume-Yes alone.
    assume_yes=("-y", "--yes", "--assume-yes"),
    assume_yes_settings=("Assume-Yes",),
    no_recommends=("--no-install-recommends",),
    recommends_setting="Install-Recommends",
    unsigned=("--allow-unauthenticated", "--allow-insecure-repositories", "--force-yes"),
)
APTITUDE = APT._replace(
    name="aptitude",
    programs=("aptitude",),
    dry_run=("-s", "--simulate"),
    source="https://manpages.debian.org/stable/aptitude/aptitude.8.en.html",
    for_people=(),
    no_recommends=("--without-recommends", "-R"),
    unsigned=("--allow-untrusted",),
)
APK = Manager(
    name="apk",
    programs=("apk",),
    ecosystem=Ecosystem.APK,
    read=_read,
    pin=Pin("{name}={version}", ("{name}~={version}", "{name}>{version}", "{name}@edge")),
    source="https://man.archlinux.org/man/apk.8.en",
    installs=("add",),
    upgrades=("upgrade",),
    refresh=("update",),
    caches=(Cache("apk", ("/var/cache/apk",), off_options=("--no-cache", "--no-network")),),
    removes=("del",),
    groups=("-t", "--virtual"),
    valued=_APK_VALUED,
    dry_run=("-s", "--simulate"),
    unsigned=("--allow-untrusted",),
    insecure=("--no-check-certificate",),
)
DNF = Manager(
    name="dnf",
    programs=("dnf", "dnf5"),
    ecosystem=Ecosystem.RPM,
    read=_read,
    pin=Pin("{name}-{version}", ("{name}-{version}*",)),
    source="https://dnf.readthedocs.io/en/latest/command_ref.html",
    installs=(
        *("install", "localinstall", "reinstall", "rei", "groupinstall", "in", "builddep"),
        "group install",
    ),
    streamed=("module install",),
    upgrades=(
        *("upgrade", "dist-upgrade", "full-upgrade", "update", "up", "dup", "patch"),
        *("distro-sync", "dsync", "system-upgrade"),
        *("upgrade-minimal", "update-minimal", "up-min"),
    ),
    release_upgrades=("dist-upgrade", "dup", "distro-sync", "dsync", "system-upgrade"),
    refresh=("makecache", "check-update"),
    # dnf5-caching(7) for the second.
    caches=(Cache("dnf", ("/var/cache/dnf", "/var/cache/libdnf5"), cleaned_by=("clean all",)),),
    removes=("remove", "rm", "erase", "autoremove"),
    sweeps=("autoremove",),
    valued=_RPM_VALUED,
    dry_run=("--assumeno",),
    assume_yes=("-y", "--assumeyes"),
    assume_yes_settings=("assumeyes",),
    asks=("module enable", "module disable", "module reset"),
    no_recommends=("--setopt=install_weak_deps=False", "--setopt=install_weak_deps=0"),
    recommends_setting="install_weak_deps",
    unsigned=("--nogpgcheck", "--no-gpgchecks"),
    insecure=(
        *("--setopt=sslverify=0", "--setopt=sslverify=False", "--setopt=sslverify=false"),
        "--setopt=sslverify=no",
    ),
    # `localpkg_gpgcheck` is off: https://dnf.readthedocs.io/en/latest/conf_ref.html
    checks_files=False,
)
YUM = DNF._replace(
    name="yum",
    programs=("yum",),
    source="https://man7.org/linux/man-pages/man8/yum.8.html",
    # From RHEL 8 on yum is a name of dnf.
    caches=(Cache("yum", ("/var/cache/yum", "/var/cache/dnf"), cleaned_by=("clean all",)),),
)
MICRODNF = DNF._replace(
    name="microdnf",
    programs=("microdnf",),
    source="https://github.com/rpm-software-management/microdnf",
    # From Fedora 41 on microdnf is a name of dnf5: the second.
    caches=(
        Cache("microdnf", ("/var/cache/yum", "/var/cache/libdnf5"), cleaned_by=("clean all",)),
    ),
    checks_files=True,
    # `--assumeyes` of releases 2 and 3: "Does nothing, we always assume yes".
    always_asks=False,
)
TDNF = DNF._replace(
    name="tdnf",
    programs=("tdnf",),
    source="https://github.com/vmware/tdnf/wiki",
    caches=(Cache("tdnf", ("/var/cache/tdnf",), cleaned_by=("clean all",)),),
    checks_files=True,
)
ZYPPER = Manager(
    name="zypper",
    programs=("zypper",),
    ecosystem=Ecosystem.RPM,
    read=_read,
    pin=Pin("{name}={version}", ("{name}>={version}", "{name}<{version}")),
    source="https://en.opensuse.org/SDB:Zypper_manual",
    installs=("install", "in"),
    upgrades=("update", "up", "dist-upgrade", "dup", "patch", "upgrade"),
    release_upgrades=("dist-upgrade", "dup"),
    refresh=("refresh", "ref"),
    caches=(Cache("zypper", ("/var/cache/zypp",), cleaned_by=("clean", "cc")),),
    removes=("remove", "rm"),
    sweeps=("--clean-deps", "-u"),
    valued=_ZYPPER_VALUED,
    dry_run=("--dry-run",),
    assume_yes=("-y", "--no-confirm", "-n", "--non-interactive"),
    asks=("remove", "rm", "source-install", "si"),
    no_recommends=("--no-recommends",),
    recommends_setting="onlyRequires",
    unsigned=("--no-gpg-checks", "--allow-unsigned-rpm"),
)
