"""What an installation comes to, whatever the package manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Fact, Known
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.packages.packagemanager import Ecosystem, Manager, Pin, Run
    from imagelint.documents.shell.script import Command, Word


class Requirement(NamedTuple):
    """One package that is asked for, on a command line or in a requirements file.

    `name` is normalised as its ecosystem does it (PEP 503 for Python: `flash-attn`), empty when it
    cannot be known (a URL without one, `$PACKAGE`). `specifier` is what is written about versions
    (`==0.9.1`, `>=2,<3`, `=1.2-r0`, `@4.17.21`), `version` the exact version where there is one.
    `pinned` is true when the same bits, or at least the same version, would be installed tomorrow:
    an exact version, a commit by 7 hex digits or more, a URL with a hash or of a versioned file, a
    local path. It is unknown when a variable without a value takes part. `hashed` is true when a
    hash is given for it, `local` when it is a path (`.`, `./x.whl`, `-e .`).
    """

    span: Span
    raw: str
    name: str
    specifier: str = ""
    version: str = ""
    pinned: Fact[bool] = Known(value=False)
    extras: tuple[str, ...] = ()
    marker: str = ""
    url: str = ""
    hashed: bool = False
    local: bool = False
    editable: bool = False


class Option(NamedTuple):
    """One option of an installing command; `value` is None for a switch.

    `name` is spelled as written (`-y`, `--no-cache-dir`), clusters such as `-qy` taken apart.
    `span` covers name and value.
    """

    span: Span
    name: str
    value: Word | None = None


class PackageIndex(NamedTuple):
    """A place to take packages from, named on the command line or in a requirements file.

    `option` is the long name of the option (`--index-url`, `--extra-index-url`, `--find-links`,
    `--torch-backend`, `--channel`, `--repository`), `url` its value, whatever it is.
    """

    span: Span
    option: str
    url: Fact[str]


class TrustedHost(NamedTuple):
    """`--trusted-host` in a requirements file, with the host that is trusted without a reason."""

    span: Span
    host: str


class InstalledFile(NamedTuple):
    """A list that an image is told to install: its requirements, and its indexes.

    `named` is the word of the command which names a requirements file, or the file that names it;
    of a project, and what locks it, the command.
    """

    span: Span
    named: Span
    packages: tuple[Requirement, ...] = ()
    indexes: tuple[PackageIndex, ...] = ()


class UnreadRequirements(NamedTuple):
    """A list of packages that is installed, and was not read.

    `span` is the word of the command which names it, or the program of one that names none, `name`
    its name in the build context. It is not there, `too_large`, or `broken`.
    """

    span: Span
    text: str
    name: str
    too_large: bool = False
    broken: bool = False

    @property
    def why(self) -> str:
        """Why it was not read."""
        if self.too_large:
            return f"`{self.name}` is too large to be read with the Dockerfile"
        if self.broken:
            return f"`{self.name}` cannot be parsed"
        return f"there is no `{self.name}` in the build context"


class PackageInstall(NamedTuple):
    """A command that installs packages.

    `manager` does it, `verb` is the subcommand as written (`install`, `pip install`, `add`,
    `sync`, `ci`, `dist-upgrade` …).

    `upgrade` is true when everything that is installed is brought up to date and no package named
    (`apt-get upgrade`). `locked` is true when a lock file decides and may not change (`npm ci`,
    `uv sync --frozen`). `no_recommends` is true when recommended packages are left out. `no_cache`
    is true when the command itself says so, by option or by a variable set for it. `projects` are
    the folders of the projects that are installed with all that they need. `listed` are the files
    whose lines become words of the command (`$(cat FILE)`, `xargs … < FILE`). `group` is the
    name under which the packages can be removed together. `complete` is false when a word of the
    command is unknown: there may be packages and options that are not seen. `run` is what fetches
    a program to start it (`npx`), where nothing is installed for others.
    """

    span: Span
    command: Command
    manager: Manager
    verb: str
    packages: tuple[Requirement, ...] = ()
    files: tuple[Word, ...] = ()
    constraints: tuple[Word, ...] = ()
    listed: tuple[Word, ...] = ()
    projects: tuple[str, ...] = ()
    indexes: tuple[PackageIndex, ...] = ()
    trusted_hosts: tuple[Word, ...] = ()
    options: tuple[Option, ...] = ()
    assume_yes: bool = False
    no_recommends: bool = False
    no_cache: bool = False
    require_hashes: bool = False
    upgrade: bool = False
    locked: bool = False
    group: str = ""
    complete: bool = True
    run: Run | None = None

    def pin(self, package: Requirement) -> Pin:
        """How one of its packages is told a version."""
        run = self.run.pin if self.run else None
        if run is None or any(one.value and one.value.span == package.span for one in self.options):
            return self.manager.pin
        return run

    @property
    def ecosystem(self) -> Ecosystem:
        """Where its packages live."""
        return self.manager.ecosystem

    def option(self, *names: str) -> Option | None:
        """The first option of one of these names."""
        return next((option for option in self.options if option.name in names), None)
