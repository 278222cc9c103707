"""A package manager as a value: all that readers and rules ask of one.

A manager is added by one value and its line in `lookup.MANAGERS`. What a value says of command
lines is held against what its reader makes of them (`tests/documents/packages/test_lookup.py`).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, assert_never

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import installer_variable
from imagelint.documents.packages.options import sort_words
from imagelint.documents.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
    from imagelint.documents.packages.options import ParsedOptions
    from imagelint.documents.shell.script import Command, Word


class Ecosystem(Enum):
    """Where packages live, named as package URLs name it (https://github.com/package-url)."""

    APK = "apk"
    CARGO = "cargo"
    CONDA = "conda"
    DEB = "deb"
    GEM = "gem"
    GOLANG = "golang"
    NPM = "npm"
    PYPI = "pypi"
    RPM = "rpm"

    @property
    def is_system(self) -> bool:
        """Whether it holds the packages of a distribution: libraries, compilers, drivers."""
        match self:
            case Ecosystem.APK | Ecosystem.DEB | Ecosystem.RPM:
                return True
            case Ecosystem.CONDA | Ecosystem.PYPI:
                return False
            case Ecosystem.CARGO | Ecosystem.GEM | Ecosystem.GOLANG | Ecosystem.NPM:
                return False
            case never:
                assert_never(never)

    @property
    def holds_python(self) -> bool:
        """Whether its packages are what Python imports, under the names of PyPI."""
        match self:
            case Ecosystem.CONDA | Ecosystem.PYPI:
                return True
            case Ecosystem.APK | Ecosystem.DEB | Ecosystem.RPM:
                return False
            case Ecosystem.CARGO | Ecosystem.GEM | Ecosystem.GOLANG | Ecosystem.NPM:
                return False
            case never:
                assert_never(never)


class Pin(NamedTuple):
    """How a version is asked for: templates of `{name}` and `{version}`.

    `exact` takes one version; each of `ranges` names a version and leaves open which one comes.
    """

    exact: str
    ranges: tuple[str, ...] = ()

    def of(self, name: str, version: str) -> str:
        """The word that asks for one version: `torch==2.8.0`."""
        return self.exact.format(name=name, version=version)


class Cache(NamedTuple):
    """What a manager leaves on disk so that it need not fetch it again.

    `folders` are where it lies by default, `~` is the home of whoever runs the manager;
    `variables` name another folder. With one of `off_options`, the best to write first, or of
    `off_variables` nothing is written. `off_by_any_value` is true when even a word that means no
    switches it off, as with `off_setting`, its name for the manager's
    `config set`. `cleaned_by` are the subcommands, with the options they need, that empty it;
    `emptied_by` is what to write, where that needs more words than the first of them.
    """

    name: str
    folders: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    off_options: tuple[str, ...] = ()
    off_variables: tuple[str, ...] = ()
    off_by_any_value: bool = False
    off_setting: str = ""
    cleaned_by: tuple[str, ...] = ()
    emptied_by: str = ""

    @property
    def emptying(self) -> str:
        """The subcommand to write that empties it, empty where there is none."""
        return self.emptied_by or (self.cleaned_by[0] if self.cleaned_by else "")

    @property
    def has_switch(self) -> bool:
        """Whether option and variable can keep it from being written."""
        return bool(self.off_options and self.off_variables)

    def is_off(self, value: str) -> bool:
        """Whether one of `off_variables` with this value switches it off."""
        return bool(value) and (self.off_by_any_value or installer_variable(value))

    def goes_with(self, path: str) -> bool:
        """Whether the cache is gone when a path, or all that lies below it, is removed."""
        return any(_is_within(folder, path) for folder in self.folders)


def _is_within(folder: str, path: str) -> bool:
    below_home = folder.removeprefix("~")
    if path.endswith(below_home):
        return True
    if below_home == folder:
        # `rm -rf /var/cache` and not `rm -rf /`, of which nobody knows what is left.
        return path.startswith("/var/") and folder.startswith(f"{path}/")
    parents = below_home.split("/")[1:-1]
    if not parents or parents[0][0] != ".":
        # `~/go` is a home's, `/usr/local/go` is not.
        return False
    return any(
        path.endswith("/" + "/".join(parents[:count])) for count in range(1, len(parents) + 1)
    )


class Lock(NamedTuple):
    """The files that hold every version, and what makes an installation obey them.

    `verbs` are the subcommands that do, `options` make others do, as do `variables` which are set.
    `read_by` are those which take the versions of a lock that fits the project, or write it anew.
    `of_local` is true where that of a local package is not even looked into without such an option.
    """

    files: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    of_local: bool = False


class ProjectFile(NamedTuple):
    """The file that lists what a project needs, and the subcommands (none: all) that install it.

    Where there are options `without` the project itself, its source is needed unless one is given.
    """

    file: str = ""
    verbs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Run(NamedTuple):
    """A command that starts another program: `uv run`, `npx`.

    `fetches` is true when the program is a package that is taken from the index, else it stands in
    the manager's environment and the command is a wrapper (`documents/shell/wrappers.py`).

    `read` makes a requirement of the word that names the program; there is none where the
    manager's own reader knows. The values of `named_by` are the packages in its place, those of
    `besides`, and what the files of `files` list, are fetched as well, within `constraints` and
    from what `indexes` finds. `valued` are the options of this command alone that have a value,
    `pin` is how it is told a version, where that is not the manager's way. With one of `never`
    nothing is fetched, and with `installed_first` what the project or the image has goes before.
    """

    program: str
    verb: str = ""
    fetches: bool = False
    read: Callable[[Word], Requirement | None] | None = None
    named_by: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    indexes: Callable[[ParsedOptions], Iterable[PackageIndex]] | None = None
    valued: frozenset[str] = frozenset()
    pin: Pin | None = None
    never: tuple[str, ...] = ()
    installed_first: bool = False


class Manager(NamedTuple):
    """One package manager.

    `name` is what messages call it; `programs` are its executables, to which a version may be
    added (`pip3.11`), `for_people` those of them whose command line may change between releases,
    `modules` what `python -m` calls it. `source` is the documentation from which the facts are.

    `installs` are the subcommands behind which packages stand, `streamed` those behind which sets
    of them do (`name:stream`), `upgrades` those that bring everything up to date,
    `release_upgrades` those of them that may move to another release. `refresh` fetches the index
    of packages, which stays as `lists` where that is no part of a cache; `cleaned_in_images` names
    what empties its cache in the images of distributions, until that is removed. `removes` takes
    packages away, with `sweeps` (options and subcommands) also those that nothing needs any more,
    and of everything in sight once one of `markers` has run. `groups` are the options that give
    packages a name under which they are removed. `builds` compiles.

    `valued` are the options with a value of their own, `dry_run` those with which nothing is
    installed. `assume_yes` answers its questions, the best to write first, as do
    `assume_yes_settings` of its configuration and `assume_yes_variables`; it asks none when
    `assume_yes` is empty. Besides what installs, `asks` are the subcommands that do, and
    `always_asks` is false where there are releases that never did. `no_recommends` leaves out what
    packages only recommend, which the setting `recommends_setting` does for all. `unsigned` accepts
    packages that nobody signed, `insecure` and `insecure_variables` servers that nobody vouches
    for; `secure_variables` do so when they are set to a word that means no, as do `secure_settings`
    of its `config set`, and `insecure_settings` with any value. `index_variables`,
    `index_settings` and the words behind `index_verbs` say where packages come from; `checks_files`
    is false when no signature is verified of a package given by its file or address.
    `environments` make a virtual environment.
    `project` is what lists the packages of a project, and `ignores_locks` is true of what installs
    one without the lock that another manager keeps for it. `own` are the packages that the manager
    itself consists of.
    """

    name: str
    programs: tuple[str, ...]
    ecosystem: Ecosystem
    read: Callable[[Call], tuple[PackageInstall, ...]]
    pin: Pin
    source: str
    installs: tuple[str, ...]
    for_people: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()
    release_upgrades: tuple[str, ...] = ()
    refresh: tuple[str, ...] = ()
    lists: Cache | None = None
    caches: tuple[Cache, ...] = ()
    cleaned_in_images: str = ""
    removes: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    streamed: tuple[str, ...] = ()
    builds: tuple[str, ...] = ()
    valued: frozenset[str] = frozenset()
    dry_run: tuple[str, ...] = ()
    assume_yes: tuple[str, ...] = ()
    assume_yes_settings: tuple[str, ...] = ()
    assume_yes_variables: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    always_asks: bool = True
    no_recommends: tuple[str, ...] = ()
    recommends_setting: str = ""
    unsigned: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()
    insecure_variables: tuple[str, ...] = ()
    secure_variables: tuple[str, ...] = ()
    secure_settings: tuple[str, ...] = ()
    insecure_settings: tuple[str, ...] = ()
    index_variables: tuple[str, ...] = ()
    index_settings: tuple[str, ...] = ()
    index_verbs: tuple[str, ...] = ()
    checks_files: bool = True
    lock: Lock = Lock()
    project: ProjectFile = ProjectFile()
    ignores_locks: bool = False
    environments: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    own: frozenset[str] = frozenset()

    @property
    def left_overs(self) -> tuple[Cache, ...]:
        """All that it leaves on disk."""
        return (self.lists, *self.caches) if self.lists else self.caches

    @property
    def cleaning(self) -> tuple[str, ...]:
        """The subcommands that remove what it leaves on disk."""
        return tuple(words for cache in self.left_overs for words in cache.cleaned_by)


class Call(NamedTuple):
    """A command that runs a package manager.

    `arguments` are the words behind the manager's name: for `python -m pip install a` those are
    `install` and `a`. `run` is what a program does that only starts others (`npx`).
    """

    manager: Manager
    command: Command
    arguments: tuple[Word, ...]
    run: Run | None = None

    @property
    def words(self) -> ParsedOptions:
        """The arguments, sorted into options and operands."""
        return _sorted(self)

    def says(self, *spellings: str) -> bool:
        """Whether it begins as one of these: `cache purge`, `update --all`."""
        words = self.words
        return any(_says(words, self.arguments, spelling.split()) for spelling in spellings)


@remembered
def _sorted(call: Call) -> ParsedOptions:
    return sort_words(call.arguments, call.manager.valued)


def writes_nothing(call: Call, words: ParsedOptions, cache: Cache) -> bool:
    """Whether a call is told, by an option or a variable set for it, to leave no cache."""
    return words.has(*cache.off_options) or any(
        variable.name in cache.off_variables
        and isinstance(variable.value, Known)
        and cache.is_off(variable.value.value)
        for variable in call.command.assignments
    )


def _says(words: ParsedOptions, arguments: tuple[Word, ...], spelling: list[str]) -> bool:
    verb = " ".join(part for part in spelling if part[0] != "-")
    if not words.verb((verb,))[0]:
        return False
    options = [part for part in spelling if part[0] == "-"]
    # Go writes long options with one dash: `-modcache` is no cluster of letters.
    texts = {word.text for word in arguments}
    return all(option in texts or words.has(option) for option in options)
