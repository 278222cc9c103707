"""What is known about serving engines, one table each, and by what they are recognised."""

from __future__ import annotations

from functools import cache
from posixpath import basename
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Image(Protocol):
    """What of an image reference is asked here; `documents.reference` has the type."""

    @property
    def registry(self) -> str:
        """The registry, `docker.io` for Docker Hub."""
        ...

    @property
    def repository(self) -> str:
        """The repository, `library/alpine` for `alpine`."""
        ...

    @property
    def tag(self) -> str:
        """The tag, empty without one."""
        ...


class RemovedFlag(NamedTuple):
    """A flag or a variable that the engine no longer takes; versions are empty where unknown.

    Exactly one of `flag` (without dashes) and `variable` is set; `replacement` is a flag or empty.
    """

    flag: str
    variable: str
    deprecated: str
    removed: str
    replacement: str
    advice: str
    source: str


class MetricsEndpoint(NamedTuple):
    """Where an engine shows its metrics.

    `port` is None when it is the port of the API. `default` is `on` or `off`; `switch` is the flag
    that changes it, empty without one. `prometheus` is false for another format than Prometheus'.
    """

    path: str
    port: int | None
    prometheus: bool
    default: str
    switch: str
    prefixes: tuple[str, ...]


class Endpoints(NamedTuple):
    """The paths of an engine's HTTP interface.

    `health` holds every path that answers GET without work, `generation` those that make the model
    work, `guarded` the prefixes that want the key. `opens` is `late` when the port opens only once
    the model is loaded, else `early`.
    """

    health: tuple[str, ...]
    liveness: str
    readiness: str
    startup: str
    generation: tuple[str, ...]
    guarded: tuple[str, ...]
    opens: str


class OfficialImage(NamedTuple):
    """The engine's own image.

    `root` tells whether it runs as root, `user` is the unprivileged user that it has or runs as
    (empty: none), `jit` whether kernels are compiled at run time, `devel` whether the image is
    built upon a devel image on purpose, `home` the home folder.
    """

    root: bool
    user: str
    home: str
    jit: bool
    devel: bool


class CacheFolders(NamedTuple):
    """What an engine writes (`~` is the home folder), and where weights are downloaded to."""

    paths: tuple[str, ...]
    variables: tuple[str, ...]
    weights: str


class Engine(NamedTuple):
    """One serving engine.

    `kind` is `generation` or `embedding`. `entry` is the argument vector of its image's entry
    point, None when the image runs what it is given; `tags` a glob over the tags that start the
    server; `version` the pattern of a tag whose group 1 is the version. `utilities` are first words
    by which the image does something else than serving.

    `positional` is the option that the first bare word sets, `other_models` are flags that name a
    model instead of it, `hub` tells whether a bare name is a repository of the Hugging Face hub.
    `options` maps an option (a field of `ServingCommand`, or more) to the
    flag's names, the main name first; `environment` maps a variable to the main name of the flag
    that it stands for. `booleans` take no value, `lists` take several. After one of `config_flags`
    a file may set anything. `elsewhere` names the options which are set in places that are not
    read. `defaults` and `image_defaults` (of the engine's own image) hold values for options.

    `all_gpus` engines use every visible GPU without being told.
    `multi_node` are flags which say that the server spans machines. `maintenance` says why the
    project is at its end, empty when it is not. `memory_of` tells what the memory fraction is a
    share of: `total` memory, or what is `free` after the weights were loaded.
    """

    name: str
    title: str
    kind: str
    entry: tuple[str, ...] | None
    tags: str
    utilities: frozenset[str]
    version: str
    positional: str
    hub: bool
    other_models: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    environment: Mapping[str, str]
    booleans: frozenset[str]
    lists: frozenset[str]
    config_flags: frozenset[str]
    multi_node: frozenset[str]
    abbreviations: bool
    elsewhere: frozenset[str]
    defaults: Mapping[str, str | int | float]
    image_defaults: Mapping[str, str | int | float]
    all_gpus: bool
    maintenance: str
    memory_of: str
    endpoints: Endpoints
    metrics: MetricsEndpoint | None
    packaging: OfficialImage
    caches: CacheFolders
    drain_seconds: int
    drain_flag: str
    removed: tuple[RemovedFlag, ...]

    def canonical(self, flag: str) -> str:
        """The main name of a flag without its dashes; itself when it is not an option's name."""
        return _aliases(self.name).get(flag, flag)

    def default(self, option: str, *, own_image: bool) -> str | int | float | None:
        """What an option is when nobody sets it; `own_image`: in the engine's own image."""
        if own_image and option in self.image_defaults:
            return self.image_defaults[option]
        return self.defaults.get(option)


class RecognisedEngine(NamedTuple):
    """The engine that an image holds.

    `upstream` when the image is that project's own, `bare` when it runs what it is given although
    the project's own image has the server as its entry point, `general` when it is used for other
    things than serving as well.
    """

    engine: str
    upstream: bool
    bare: bool = False
    general: bool = False


def engines() -> tuple[str, ...]:
    """The names of all engines, embedding servers included, sorted."""
    index = table("engines/index")
    rows = (*index["images"], *index["programs"])
    return tuple(sorted({row["engine"] for row in rows} - {""}))


@cache
def engine(name: str) -> Engine:
    """What is known about an engine.

    Raises:
        ModuleNotFoundError: there is no such engine.
    """
    raw = table(f"engines/{name}")
    start, flags = raw["start"], raw.get("flags", {})
    stop = raw.get("stop", {})
    entry = start.get("entry")
    return Engine(
        name=raw["name"],
        title=raw["title"],
        kind=raw["kind"],
        entry=None if entry is None else tuple(entry),
        tags=start.get("tags", "*"),
        utilities=frozenset(start.get("utilities", ())),
        version=start.get("version", ""),
        positional=start.get("positional", ""),
        hub=start.get("hub", True),
        other_models=tuple(start.get("other_models", ())),
        options={key: tuple(names) for key, names in raw.get("options", {}).items()},
        environment=_data(raw, "environment"),
        booleans=frozenset(flags.get("booleans", ())),
        lists=frozenset(flags.get("lists", ())),
        config_flags=frozenset(flags.get("config", ())),
        multi_node=frozenset(flags.get("multi_node", ())),
        abbreviations=not flags.get("no_abbreviations", False),
        elsewhere=frozenset(raw.get("elsewhere", {}).get("options", ())),
        defaults=_data(raw, "defaults"),
        image_defaults=_data(raw, "image_defaults"),
        all_gpus=raw.get("all_gpus", False),
        maintenance=raw.get("maintenance", ""),
        memory_of=raw.get("defaults", {}).get("memory_of", ""),
        endpoints=_endpoints(raw["http"]),
        metrics=_metrics(raw["metrics"]) if "metrics" in raw else None,
        packaging=_packaging(raw["image"]),
        caches=_caches(raw["caches"]),
        drain_seconds=stop.get("drain_seconds", 0),
        drain_flag=stop.get("drain_flag", ""),
        removed=tuple(_removed(entry) for entry in raw.get("removed", ())),
    )


def _data(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        name: value
        for name, value in raw.get(key, {}).items()
        if name not in ("source", "memory_of")
    }


def _endpoints(raw: Mapping[str, Any]) -> Endpoints:
    return Endpoints(
        tuple(raw["health"]),
        raw["liveness"],
        raw["readiness"],
        raw["startup"],
        tuple(raw.get("generation", ())),
        tuple(raw.get("guarded", ())),
        raw["opens"],
    )


def _metrics(raw: Mapping[str, Any]) -> MetricsEndpoint:
    return MetricsEndpoint(
        raw["path"],
        raw.get("port"),
        raw["prometheus"],
        raw["default"],
        raw.get("switch", ""),
        tuple(raw.get("prefixes", ())),
    )


def _packaging(raw: Mapping[str, Any]) -> OfficialImage:
    return OfficialImage(
        raw["root"],
        raw.get("user", ""),
        raw.get("home", "/root"),
        raw["jit"],
        raw.get("devel", False),
    )


def _caches(raw: Mapping[str, Any]) -> CacheFolders:
    return CacheFolders(
        tuple(raw["paths"]), tuple(raw.get("variables", ())), raw.get("weights", "")
    )


def _removed(raw: Mapping[str, Any]) -> RemovedFlag:
    return RemovedFlag(
        raw.get("flag", ""),
        raw.get("variable", ""),
        raw.get("deprecated", ""),
        raw.get("removed", ""),
        raw.get("replacement", ""),
        raw.get("advice", ""),
        raw["source"],
    )


@cache
def _aliases(name: str) -> Mapping[str, str]:
    return {alias: names[0] for names in engine(name).options.values() for alias in names}


@cache
def _recognise(name: str) -> RecognisedEngine | None:
    for row in table("engines/index")["images"]:
        if matches(name, row["glob"]):
            bare, general = row.get("bare", False), row.get("general", False)
            return RecognisedEngine(row["engine"], row["upstream"], bare, general)
    return None


def recognise_image(reference: Image) -> RecognisedEngine | None:
    """The engine that an image holds by its name, or None."""
    return _recognise(f"{reference.registry}/{reference.repository}")


def engine_of_image(reference: Image) -> str:
    """The name of the engine that an image holds, empty for none that is known."""
    found = recognise_image(reference)
    return found.engine if found else ""


def is_embedding(name: str) -> bool:
    """Whether that engine only makes embeddings: what is said of language models is not for it."""
    return bool(name) and engine(name).kind == "embedding"


@cache
def _programs() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in table("engines/index")["programs"]:
        words = tuple(row["words"])
        found.setdefault(words[0], []).append((words, row["engine"]))
    return {first: tuple(rows) for first, rows in found.items()}


class EngineProgram(NamedTuple):
    """An engine started by its own program, and how many words name it."""

    engine: str
    length: int


def engine_of_program(words: Sequence[str]) -> EngineProgram | None:
    """The engine that a command starts, `words[0]` being its program; None for any other program.

    Python modules are recognised behind `python -m`, with interpreter options in between.
    """
    if not words:
        return None
    first, rest, skipped = basename(words[0]), tuple(words[1:]), 1
    if first.startswith("python"):
        module = _module_at(words)
        if module is None:
            return None
        first, rest, skipped = "python", tuple(words[module:]), module
    for row, name in _programs().get(first, ()):
        if rest[: len(row) - 1] == row[1:]:
            return EngineProgram(name, skipped + len(row) - 1)
    return None


def _module_at(words: Sequence[str]) -> int | None:
    """The index of the module's name behind `-m`, None when a file or a string is run."""
    for at, word in enumerate(words[1:], start=1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("m"):
            return at + 1 if at + 1 < len(words) else None
        if not word.startswith("-") or word == "-c":
            return None
    return None
