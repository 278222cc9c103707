"""What is known about serving engines, one table each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import engine_table, looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.knowledge import engine_schema


V = TypeVar("V")


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

    `port` is None when it is the port of the API; `port_flag` changes it where it is another one,
    empty without a flag. `default` is `on` or `off`; `switch` is the flag that changes it, empty
    without one. `prometheus` is false for another format than Prometheus'.
    """

    path: str
    port: int | None
    port_flag: str
    prometheus: bool
    default: str
    switch: str
    prefixes: tuple[str, ...]


class Endpoints(NamedTuple):
    """The paths of an engine's HTTP interface.

    `health` holds every path that answers GET without work, `generation` those that make the model
    work, `guarded` the prefixes that want the key but for the paths in `open`. `opens` is `late`
    when the port opens only once the model is loaded, `early` when before, `unknown` when that
    depends on what is not seen; `waits` tells whether the readiness path fails until then.
    `prefix_flags` put something before every path. On `other_ports` it listens besides.
    `by_python` tells whether Python answers, which is late while the CPU is busy, `unbuffered`
    whether its streams tell proxies not to buffer them. With any of `tls_flags` it speaks HTTPS
    alone; `tls_otherwise` tells whether anything else may bring that about.
    """

    health: tuple[str, ...]
    liveness: str
    readiness: str
    startup: str
    generation: tuple[str, ...]
    guarded: tuple[str, ...]
    open: tuple[str, ...]
    opens: str
    waits: bool
    prefix_flags: tuple[str, ...]
    other_ports: tuple[int, ...]
    by_python: bool
    unbuffered: bool
    tls_flags: tuple[str, ...]
    tls_otherwise: bool


class OfficialImage(NamedTuple):
    """The engine's own image.

    `root` tells whether it runs as root, `user` is the unprivileged one that it has or runs as
    (empty: none), `jit` whether kernels are compiled at run time, `devel` whether it is built upon
    a devel image on purpose, `home` the home folder, `homes` those of other users by number.
    """

    root: bool
    user: str
    home: str
    homes: Mapping[str, str]
    jit: bool
    devel: bool


class CacheFolders(NamedTuple):
    """What an engine writes (`~` is the home folder), and where weights are downloaded to.

    `weights_variables` move the latter; empty where those of the Hugging Face hub do. `compiled`
    are folders of graphs that are compiled at each start, by the variable that moves each, and
    with `uncompiled_flags` nothing is. Into `kernels` it compiles as it starts, besides `~/.cache`.
    """

    paths: tuple[str, ...]
    variables: tuple[str, ...]
    weights: str
    weights_variables: tuple[str, ...]
    compiled: Mapping[str, str]
    uncompiled_flags: tuple[str, ...]
    kernels: tuple[str, ...]


class Traits(NamedTuple):
    """What the questions about a server depend on; `engine_schema.Traits` says what each means.

    `executors` maps a flag to the values by which the server spans machines, `pooling` to those of
    embeddings, `idle_start` to those without a model. `memory_of` is `total`, `free` or empty.
    """

    needs_gpu: bool
    gpu_images: tuple[str, ...]
    cpu_images: tuple[str, ...]
    all_gpus: bool
    cpu_variables: tuple[str, ...]
    cpu_flags: tuple[str, ...]
    cpu_values: Mapping[str, tuple[str, ...]]
    spills_to_cpu: bool
    offload_flags: tuple[str, ...]
    one_process: bool
    loads_on_request: bool
    idle_start: Mapping[str, tuple[str, ...]]
    preload_flags: tuple[str, ...]
    downloads_unasked: bool
    splits_tensor_group: bool
    splitting_flags: tuple[str, ...]
    expert_flags: tuple[str, ...]
    stage_flags: tuple[str, ...]
    loaded_bytes: Mapping[str, float]
    fills_gpus: bool
    gpus_by_profile: bool
    told_by_variables: bool
    memory_of: str
    fraction_overrides: tuple[str, ...]
    claims_fraction: bool
    counts_blocks: bool
    executors: Mapping[str, tuple[str, ...]]
    follower_flags: tuple[str, ...]
    rank_flags: tuple[str, ...]
    pooling: Mapping[str, tuple[str, ...]]
    launches_others: bool
    linked_variables: tuple[str, ...]
    sleep_refuses_expansion: tuple[str, ...]
    revision_holds_since: str


class Engine(NamedTuple):
    """One serving engine.

    `kind` is `generation` or `embedding`. `bare` images run what they are given, others `entry`
    (empty: not known); `commands` are the first words that serve where the entry point is a program
    of many commands, `utilities` those by which the image does something else, and where it
    `passes_commands` any other program is run as it is. `tags` is a glob
    over the tags that start the server, `version` the pattern of a tag, its group 1 the version.

    `positional` is the option that the first bare word sets (behind the entry point of its image:
    `positional_since` a release, where that is not empty), `other_models` are flags that name a
    model instead of it, `hub` tells whether a bare name is a repository of the Hugging Face hub,
    `hub_flags` name one where it is not. `model_after_image` is what comes before the model in the
    repository of an image that is named after it, empty elsewhere.

    `options` maps an option to the flag's names, the main name first, none where the engine has
    no such option; `flags` maps main names of all known flags to their other names. `environment`
    maps a variable to the main name of the flag that it stands for. `booleans` take no value,
    `lists` take several. After one of `config_flags` a file may set anything. `multi_node` are
    flags which say that the server spans machines. `elsewhere` names the options which are set in
    places that are not read. `defaults` and `image_defaults` (of the engine's own image) hold
    values for options. `maintenance` says that the project is at its end (it ends a sentence) and
    is empty when it is not; `mended` tells whether holes in it are closed.
    """

    name: str
    title: str
    kind: str
    maintenance: str
    mended: bool
    bare: bool
    entry: tuple[str, ...]
    commands: frozenset[str]
    passes_commands: bool
    utilities: frozenset[str]
    tags: str
    version: str
    positional: str
    positional_since: str
    other_models: tuple[str, ...]
    hub: bool
    hub_flags: tuple[str, ...]
    model_after_image: str
    traits: Traits
    options: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    environment: Mapping[str, str]
    booleans: frozenset[str]
    lists: frozenset[str]
    config_flags: frozenset[str]
    multi_node: frozenset[str]
    abbreviations: bool
    elsewhere: frozenset[str]
    defaults: Mapping[str, engine_schema.Value]
    image_defaults: Mapping[str, engine_schema.Value]
    endpoints: Endpoints
    metrics: MetricsEndpoint | None
    packaging: OfficialImage
    caches: CacheFolders
    drain_seconds: int
    drain_flag: str
    removed: tuple[RemovedFlag, ...]

    def canonical(self, flag: str) -> str:
        """The main name of a flag without its dashes; itself when it is not an option's name."""
        return self.aliases.get(flag, flag)

    def default(self, option: str, *, own_image: bool) -> str | int | float | None:
        """What an option is when nobody sets it; `own_image`: in the engine's own image."""
        if own_image and option in self.image_defaults:
            return self.image_defaults[option]
        return self.defaults.get(option)


def engines() -> tuple[str, ...]:
    """The names of all engines, embedding servers included, sorted."""
    return tuple(table("engines/index")["engines"])


@looked_up
def engine(name: str) -> Engine:
    """What is known about an engine.

    Raises:
        ModuleNotFoundError: there is no such engine.
    """
    raw = engine_table(name)
    start, flags, stop = raw["start"], raw["flags"], raw["stop"]
    options = {option: tuple(names) for option, names in raw["options"].items()}
    return Engine(
        name=raw["name"],
        title=raw["title"],
        kind=raw["kind"],
        maintenance=raw["maintenance"],
        mended=raw["mended"],
        bare=start["bare"],
        entry=tuple(start["entry"]),
        commands=frozenset(start["commands"]),
        passes_commands=start["passes_commands"],
        utilities=frozenset(start["utilities"]),
        tags=start["tags"],
        version=start["version"],
        positional=start["positional"],
        positional_since=start["positional_since"],
        other_models=tuple(start["other_models"]),
        hub=start["hub"],
        hub_flags=tuple(start["hub_flags"]),
        model_after_image=start["model_after_image"],
        traits=_traits(raw["traits"]),
        options=options,
        flags=(names := _flags(options, flags["aliases"])),
        aliases={each: main for main, others in names.items() for each in (main, *others)},
        environment=_data(raw["environment"]),
        booleans=frozenset(flags["booleans"]),
        lists=frozenset(flags["lists"]),
        config_flags=frozenset(flags["config"]),
        multi_node=frozenset(flags["multi_node"]),
        abbreviations=flags["abbreviations"],
        elsewhere=frozenset(raw["elsewhere"]["options"]),
        defaults=_data(raw["defaults"]),
        image_defaults=_data(raw["image_defaults"]),
        endpoints=_endpoints(raw["endpoints"]),
        metrics=_metrics(raw["metrics"]),
        packaging=_packaging(raw["image"]),
        caches=_caches(raw["caches"]),
        drain_seconds=stop["drain_seconds"],
        drain_flag=stop["drain_flag"],
        removed=tuple(_removed(entry) for entry in raw["removed"]),
    )


def _data(raw: Mapping[str, V]) -> dict[str, V]:
    return {name: value for name, value in raw.items() if name != "source"}


def _flags(
    options: Mapping[str, tuple[str, ...]], aliases: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    found = {names[0]: names[1:] for names in options.values() if names}
    return found | {name: tuple(others) for name, others in aliases.items()}


def _traits(raw: engine_schema.Traits) -> Traits:
    return Traits(
        needs_gpu=raw["needs_gpu"],
        gpu_images=tuple(raw["gpu_images"]),
        cpu_images=tuple(raw["cpu_images"]),
        all_gpus=raw["all_gpus"],
        cpu_variables=tuple(raw["cpu_variables"]),
        cpu_flags=tuple(raw["cpu_flags"]),
        cpu_values={flag: tuple(values) for flag, values in raw["cpu_values"].items()},
        spills_to_cpu=raw["spills_to_cpu"],
        offload_flags=tuple(raw["offload_flags"]),
        one_process=raw["one_process"],
        loads_on_request=raw["loads_on_request"],
        idle_start={flag: tuple(values) for flag, values in raw["idle_start"].items()},
        preload_flags=tuple(raw["preload_flags"]),
        downloads_unasked=raw["downloads_unasked"],
        splits_tensor_group=raw["splits_tensor_group"],
        splitting_flags=tuple(raw["splitting_flags"]),
        expert_flags=tuple(raw["expert_flags"]),
        stage_flags=tuple(raw["stage_flags"]),
        loaded_bytes=raw["loaded_bytes"],
        fills_gpus=raw["fills_gpus"],
        gpus_by_profile=raw["gpus_by_profile"],
        told_by_variables=raw["told_by_variables"],
        memory_of=raw["memory_of"],
        fraction_overrides=tuple(raw["fraction_overrides"]),
        claims_fraction=raw["claims_fraction"],
        counts_blocks=raw["counts_blocks"],
        executors={flag: tuple(values) for flag, values in raw["executors"].items()},
        follower_flags=tuple(raw["follower_flags"]),
        rank_flags=tuple(raw["rank_flags"]),
        pooling={flag: tuple(values) for flag, values in raw["pooling"].items()},
        launches_others=raw["launches_others"],
        linked_variables=tuple(raw["linked_variables"]),
        sleep_refuses_expansion=tuple(raw["sleep_refuses_expansion"]),
        revision_holds_since=raw["revision_holds_since"],
    )


def _endpoints(raw: engine_schema.Endpoints) -> Endpoints:
    return Endpoints(
        health=tuple(raw["health"]),
        liveness=raw["liveness"],
        readiness=raw["readiness"],
        startup=raw["startup"],
        generation=tuple(raw["generation"]),
        guarded=tuple(raw["guarded"]),
        open=tuple(raw["open"]),
        opens=raw["opens"],
        waits=raw["waits"],
        prefix_flags=tuple(raw["prefix_flags"]),
        other_ports=tuple(raw["other_ports"]),
        by_python=raw["by_python"],
        unbuffered=raw["unbuffered"],
        tls_flags=tuple(raw["tls_flags"]),
        tls_otherwise=raw["tls_otherwise"],
    )


def _metrics(raw: engine_schema.Metrics) -> MetricsEndpoint | None:
    if raw["default"] == "none":
        return None
    return MetricsEndpoint(
        path=raw["path"],
        port=raw["port"] or None,
        port_flag=raw["port_flag"],
        prometheus=raw["prometheus"],
        default=raw["default"],
        switch=raw["switch"],
        prefixes=tuple(raw["prefixes"]),
    )


def _packaging(raw: engine_schema.OwnImage) -> OfficialImage:
    return OfficialImage(
        raw["root"], raw["user"], raw["home"], raw["homes"], raw["jit"], raw["devel"]
    )


def _caches(raw: engine_schema.Caches) -> CacheFolders:
    return CacheFolders(
        tuple(raw["paths"]),
        tuple(raw["variables"]),
        raw["weights"],
        tuple(raw["weights_variables"]),
        compiled=raw["compiled"],
        uncompiled_flags=tuple(raw["uncompiled_flags"]),
        kernels=tuple(raw["kernels"]),
    )


def _removed(raw: engine_schema.Removed) -> RemovedFlag:
    return RemovedFlag(
        flag=raw.get("flag", ""),
        variable=raw.get("variable", ""),
        deprecated=raw["deprecated"],
        removed=raw["removed"],
        replacement=raw["replacement"],
        advice=raw["advice"],
        source=raw["source"],
    )
