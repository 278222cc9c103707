"""Where package managers look for files of settings, by the names of these.

What a program reads from a list in its documentation is all that it reads: a file that lies
elsewhere says nothing to it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

__all__ = ["SETTING_FILES", "SettingFile", "setting_file", "setting_id", "unfit_name"]


class SettingFile(NamedTuple):
    """One kind of settings file.

    `names` are what it is called, the usual one first, `readers` the managers that read it. Below a
    home it is read as one of `homes`, elsewhere at `places` (patterns of whole paths). One that is
    `of_project` is read in the folder in which the manager is started, and in those above it, but
    not by what is installed with one of `without_project`. `variables` and `options` name another
    file, in any spelling of letters. `mounted` are the ids of secrets that people give it.
    """

    names: tuple[str, ...]
    readers: tuple[str, ...]
    homes: tuple[str, ...]
    places: tuple[str, ...]
    source: str
    of_project: bool = False
    without_project: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    mounted: tuple[str, ...] = ()

    def is_read_at(self, path: str, homes: Sequence[str] | None, folder: str | None) -> bool:
        """Whether it is read at an absolute path.

        Args:
            path: The path.
            homes: The home folders of those who run the manager; None where nobody knows.
            folder: Where it is started; None where nobody knows, empty for projects that it does
                not look at.
        """
        if any(fnmatchcase(path, place) for place in self.places):
            return True
        if any(path == f"{home.rstrip('/')}/{name}" for home in homes or () for name in self.homes):
            return True
        if homes is None and any(
            path.endswith(f"/{name}") and not path.startswith(_NO_HOMES) for name in self.homes
        ):
            return True
        if not self.of_project or folder == "":
            return False
        return folder is None or _along(dirname(path), folder)


# Folders in which no base image has the home of a user.
_NO_HOMES = tuple(f"/{folder}/" for folder in ("tmp", "etc", "run", "config", "build"))


def _along(above: str, folder: str) -> bool:
    """Whether one of two folders lies in the other: people install in both."""
    return any(
        f"{one.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")
        for one, other in ((above, folder), (folder, above))
    )


_GLOBAL = ("-g", "--global", "--location=global")
SETTING_FILES: tuple[SettingFile, ...] = (
    SettingFile(
        ("pip.conf",),
        ("pip", "pipx"),
        (".pip/pip.conf", ".config/pip/pip.conf"),
        # That of an environment lies beside its `bin`.
        (
            *("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "/usr/pip.conf", "/usr/local/pip.conf"),
            *("*env*/pip.conf", "*conda*/pip.conf", "*forge*/pip.conf", "*mamba*/pip.conf"),
            *("*python*/pip.conf", "*/pypy*/pip.conf"),
        ),
        "https://pip.pypa.io/en/stable/topics/configuration/#location",
        variables=("PIP_CONFIG_FILE", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"),
        mounted=("pip.conf", "pipconf", "pip.config", "pipconfig"),
    ),
    SettingFile(
        (".npmrc",),
        ("npm", "pnpm", "yarn", "bun"),
        (".npmrc",),
        ("*/etc/npmrc", "*/etc/.npmrc", "*/npm/npmrc"),
        "https://docs.npmjs.com/cli/v10/configuring-npm/npmrc#files",
        of_project=True,
        without_project=_GLOBAL,
        variables=("NPM_CONFIG_USERCONFIG", "NPM_CONFIG_GLOBALCONFIG", "NPM_CONFIG_PREFIX"),
        options=("--userconfig", "--globalconfig", "--prefix", "-C", "--dir", "--cwd"),
        mounted=("npmrc", "npm.rc"),
    ),
    SettingFile(
        (".condarc", ".mambarc"),
        ("conda",),
        (
            *(
                ".condarc",
                ".mambarc",
                ".conda/.condarc",
                ".conda/condarc",
                ".config/conda/.condarc",
            ),
            ".config/conda/condarc",
        ),
        (
            *("/etc/conda/*", "/var/lib/conda/*", "*conda*/.condarc", "*forge*/.condarc"),
            *("*mamba*/.condarc", "*mamba*/.mambarc", "*env*/.condarc"),
        ),
        "https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/use-condarc.html",
        variables=("CONDARC", "MAMBARC", "XDG_CONFIG_HOME", "CONDA_ROOT", "CONDA_PREFIX"),
        options=("--rc-file",),
        mounted=("condarc",),
    ),
    SettingFile(
        ("uv.toml",),
        ("uv",),
        (".config/uv/uv.toml",),
        ("/etc/uv/uv.toml", "/etc/xdg/uv/uv.toml"),
        "https://docs.astral.sh/uv/concepts/configuration-files/",
        of_project=True,
        variables=("UV_CONFIG_FILE", "XDG_CONFIG_HOME", "UV_PROJECT", "UV_WORKING_DIRECTORY"),
        options=("--config-file", "--directory", "--project"),
        mounted=("uv.toml",),
    ),
)
_BY_NAME = {name: one for one in SETTING_FILES for name in one.names}


def setting_file(path: str) -> SettingFile | None:
    """The kind of settings file that a path names; None for other files."""
    return _BY_NAME.get(basename(path))


def setting_id(name: str) -> SettingFile | None:
    """The kind of settings file that a secret of some id is; None for other secrets."""
    plain = name.strip("./").lower().replace("_", ".").replace("-", ".")
    return next((one for one in SETTING_FILES if plain in one.mounted), None)


class _Folder(NamedTuple):
    """A folder of which only files with some names are read, and how such a name ends."""

    path: str
    fits: re.Pattern[str]
    ending: str


# What is named otherwise is passed over, with a notice or without a word: apt.conf(5),
# sources.list(5), apt_preferences(5), apt-key(8), dnf.conf(5), zypper(8); `/etc/ld.so.conf` and
# `/etc/profile` of the distributions include these patterns; sudoers(5).
_FOLDERS = (
    _Folder("/etc/apt/apt.conf.d", pattern(r"[\w-]+|[\w.-]+\.conf"), ""),
    _Folder("/etc/apt/sources.list.d", pattern(r"[\w.-]+\.(?:list|sources)"), ".list"),
    _Folder("/etc/apt/preferences.d", pattern(r"[\w-]+|[\w.-]+\.pref"), ""),
    _Folder("/etc/yum.repos.d", pattern(r".+\.repo"), ".repo"),
    _Folder("/etc/zypp/repos.d", pattern(r".+\.repo"), ".repo"),
    _Folder("/etc/apt/trusted.gpg.d", pattern(r".+\.(?:gpg|asc)"), ".gpg"),
    _Folder("/etc/ld.so.conf.d", pattern(r".+\.conf"), ".conf"),
    _Folder("/etc/profile.d", pattern(r".+\.(?:c?sh|local)"), ".sh"),
    _Folder("/etc/sudoers.d", pattern(r"[^.]*[^.~]"), ""),
)
# What apt and people leave beside what is read.
_ASIDE = (".disabled", ".save", ".bak", ".orig", ".distUpgrade", ".off", ".dpkg-dist")


def unfit_name(path: str) -> str:
    """The name under which a file in a folder of settings would be read; empty for all others."""
    for folder in _FOLDERS:
        if dirname(path) == folder.path:
            name = basename(path)
            if folder.fits.fullmatch(name) or name.endswith(_ASIDE):
                return ""
            # A dot is what makes most of them unfit: `proxy.cfg`.
            stem = name.partition(".")[0] or name.strip(".")
            return f"{folder.path}/{stem}{folder.ending}"
    return ""
