"""apt, apk, the yum family and zypper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import ParsedOptions, bare_text, is_open, sort_words

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Word

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
_UPGRADES = frozenset(
    {"upgrade", "dist-upgrade", "full-upgrade", "update", "up", "dup", "patch", "distro-sync"}
    | {"system-upgrade", "upgrade-minimal", "update-minimal", "dselect-upgrade"}
)
_NO_RECOMMENDS = pattern(r"(?i)APT::Install-Recommends=[\"']?(?:0|false|no|off)[\"']?$")
_RPM_VERSION = pattern(r"(.+?)-(?:\d+:)?(\d[^-]*\.[^-]*(?:-[^-]+)?)")
_VERSIONED_FILE = pattern(r"[-_]\d[^/]*\.(?:deb|rpm|apk)$")
_OPERATOR = pattern(r"(=~|~=|>=|<=|=|>|<|~)")


def read_apt(command: Command) -> tuple[PackageInstall, ...]:
    """`apt-get install`, `apt upgrade`, `apt-get build-dep` and their kin."""
    words = sort_words(command.arguments, _APT_VALUED)
    verbs = ("install", "reinstall", "build-dep", "satisfy", "upgrade", "dist-upgrade")
    verb = _verb(words, (*verbs, "full-upgrade", "safe-upgrade"))
    if not verb:
        return ()
    quiet = words.count("-q", "--quiet")
    silent = quiet > 1 or any(word.text == "2" for word in words.values("-q", "--quiet"))
    found = _install(command, command.program, "deb", verb, words)
    return (
        found._replace(
            assume_yes=silent or words.has("-y", "--yes", "--assume-yes", "--force-yes"),
            no_recommends=words.has("--no-install-recommends", "--without-recommends", "-R")
            or any(_NO_RECOMMENDS.match(word.text) for word in words.values("-o", "--option")),
        ),
    )


def read_apk(command: Command) -> tuple[PackageInstall, ...]:
    """`apk add` and `apk upgrade`."""
    words = sort_words(command.arguments, _APK_VALUED)
    verb = _verb(words, ("add", "upgrade"))
    if not verb:
        return ()
    found = _install(command, "apk", "apk", verb, words)
    indexes = tuple(
        PackageIndex(option.span, "--repository", option.value.value)
        for option in words.options
        if option.name in ("-X", "--repository") and option.value
    )
    return (found._replace(assume_yes=True, no_cache=words.has("--no-cache"), indexes=indexes),)


def read_rpm(command: Command) -> tuple[PackageInstall, ...]:
    """`yum`, `dnf` and `microdnf` with `install`, `upgrade` and their kin."""
    words = sort_words(command.arguments, _RPM_VALUED)
    installs = ("install", "localinstall", "reinstall", "groupinstall", "in", "builddep")
    verb = _verb(words, (*installs, *_UPGRADES))
    if not verb:
        return ()
    manager = command.program.rstrip("5")
    found = _install(command, manager, "rpm", verb, words)
    return (found._replace(assume_yes=words.has("-y", "--assumeyes")),)


def read_zypper(command: Command) -> tuple[PackageInstall, ...]:
    """`zypper install`, `zypper update` and their kin."""
    words = sort_words(command.arguments, _ZYPPER_VALUED)
    installs = ("install", "in", "dist-upgrade")
    verb = _verb(words, (*installs, *_UPGRADES))
    if not verb:
        return ()
    yes = words.has("-n", "--non-interactive", "-y", "--no-confirm")
    no_recommends = words.has("--no-recommends")
    found = _install(command, "zypper", "rpm", verb, words)
    return (found._replace(assume_yes=yes, no_recommends=no_recommends),)


def index_verb(command: Command) -> str:
    """The ecosystem whose index `apt-get update`, `apk update`, `yum makecache` … fetches."""
    program = command.program
    for programs, valued, verbs, ecosystem in _REFRESHES:
        if program in programs:
            words = sort_words(command.arguments, valued)
            return ecosystem if _verb(words, verbs) else ""
    return ""


APT = ("apt-get", "apt", "aptitude")
RPM = ("yum", "dnf", "dnf5", "microdnf", "tdnf")
_REFRESHES = (
    (APT, _APT_VALUED, ("update",), "deb"),
    (("apk",), _APK_VALUED, ("update",), "apk"),
    (RPM, _RPM_VALUED, ("makecache", "check-update"), "rpm"),
    (("zypper",), _ZYPPER_VALUED, ("refresh", "ref"), "rpm"),
)


def _verb(words: ParsedOptions, verbs: tuple[str, ...]) -> str:
    first = words.operands[0].text if words.operands else ""
    return first if first in verbs else ""


def _install(
    command: Command, manager: str, ecosystem: str, verb: str, words: ParsedOptions
) -> PackageInstall:
    packages = tuple(
        _requirement(word, ecosystem)
        for word in words.operands[1:]
        if not _is_removal(word, ecosystem)
    )
    return PackageInstall(
        command.span,
        command,
        manager,
        ecosystem,
        verb,
        packages,
        options=words.options,
        upgrade=(verb.endswith("upgrade") or verb in _UPGRADES) and not packages,
        complete=words.complete,
    )


def _is_removal(word: Word, ecosystem: str) -> bool:
    """`name-` of apt and `!name` of apk say what must not be installed."""
    text = bare_text(word)
    return (ecosystem == "deb" and text.endswith("-")) or text.startswith("!")


def _requirement(word: Word, ecosystem: str) -> Requirement:
    text = bare_text(word)
    if text.endswith((".deb", ".rpm", ".apk")) or "://" in text:
        return _file(word, text)
    if ecosystem == "rpm" and "=" not in text:
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
        return Requirement(word.span, word.raw, text.partition("*")[0].rstrip("-"))
    name, version = match[1], match[2]
    return Requirement(word.span, word.raw, name, f"-{version}", version, Known(value=True))
