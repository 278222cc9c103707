"""The form of an engine's table: what must stand in it, of which type, and what it means.

Every key is required, and so is every trait: what an engine is not, or has not, is written down, so
that none is passed in silence because somebody forgot it. See `schema` for how this is held.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

Value = str | int | float


class ImageRow(TypedDict):
    """Images that hold the engine, by a glob over registry/repository; the most exact one wins."""

    glob: str
    upstream: Annotated[bool, "whether it is the project's own: tags are versions only there"]
    bare: NotRequired[Annotated[bool, "whether it runs what it is given, unlike the project's own"]]
    general: NotRequired[Annotated[bool, "whether it is used for other things than serving, too"]]
    without: NotRequired[Annotated[list[str], "globs over the tags of those that do not hold it"]]


class Owner(TypedDict):
    """Objects whose containers are known by their flags where no image is named."""

    kind: str
    flags: list[str]


class Names(TypedDict):
    """By what the engine is recognised."""

    programs: Annotated[
        list[list[str]],
        "commands that serve, by their first words; `python` is any interpreter with `-m`",
    ]
    workers: Annotated[
        list[list[str]], "commands that start it behind the interface of another program"
    ]
    other_programs: Annotated[list[list[str]], "commands of the same program that do not serve"]
    images: list[ImageRow]
    owners: list[Owner]
    predictors: Annotated[list[str], "keys of KServe's predictors that stand for it"]
    pulls: Annotated[list[list[str]], "commands that download the model named behind them"]
    packages: Annotated[list[str], "Python packages that belong to it, as PyPI spells them"]
    jit_packages: Annotated[list[str], "those of them that compile kernels when the server runs"]
    source: str


class Evidence(TypedDict):
    """By what else the engine is likely, where neither the image nor a program tells it."""

    image_words: Annotated[list[str], "words in the names of images that others build with it"]
    flags: Annotated[
        list[list[str]], "flags that, given together, are its own; main names without dashes"
    ]
    variables: Annotated[list[list[str]], "variables that, set together, are its own"]
    formats: Annotated[list[str], "globs over names of KServe's model formats that mean it"]
    default_formats: Annotated[
        list[str], "formats for which KServe chooses it where no runtime is named"
    ]
    source: str


class Start(TypedDict):
    """How the engine's own image starts, and what the words behind it mean."""

    version: Annotated[str, "pattern of a tag, group 1 is the version; empty where none is"]
    bare: Annotated[bool, "whether the image runs what it is given instead of an entry point"]
    entry: Annotated[list[str], "the entry point, empty where it is not known or there is none"]
    commands: Annotated[
        list[str], "first words that serve, where the entry point is a program of many commands"
    ]
    passes_commands: Annotated[bool, "whether the entry point runs another command it is given"]
    utilities: Annotated[list[str], "first words by which the image does something else"]
    tags: Annotated[str, "glob over the tags that start the server"]
    positional: Annotated[str, "the option that the first bare word sets, or empty"]
    positional_since: Annotated[
        str, "the first release whose image takes such a word; empty: every one does"
    ]
    other_models: Annotated[list[str], "flags that name a model instead of the model's own"]
    hub: Annotated[bool, "whether a bare name is a repository on the Hugging Face hub"]
    hub_flags: Annotated[list[str], "flags that name such a repository where a bare name does not"]
    model_after_image: Annotated[
        str, "what comes before the model in the repository of an image that is named after it"
    ]
    source: str


class Flags(TypedDict):
    """How flags are read, by their main names without dashes."""

    booleans: Annotated[list[str], "flags without a value"]
    lists: Annotated[list[str], "flags with several values"]
    config: Annotated[list[str], "flags that name a file which may set anything"]
    multi_node: Annotated[list[str], "flags of a server that spans machines"]
    abbreviations: Annotated[bool, "whether a flag may be shortened as long as it is unambiguous"]
    aliases: Annotated[
        dict[str, list[str]], "other names of flags that set no option, by their main name"
    ]
    source: str


class Elsewhere(TypedDict):
    """Options that are set in places which are not read, so that they are never absent."""

    options: list[str]
    source: str


class Traits(TypedDict):
    """What the questions about a server depend on."""

    needs_gpu: Annotated[bool, "whether it works on GPUs only, unless its image is for others"]
    gpu_images: Annotated[list[str], "globs over image references whose builds need a GPU"]
    cpu_images: Annotated[list[str], "globs over image references whose builds use no accelerator"]
    all_gpus: Annotated[bool, "whether it uses every visible GPU without being told"]
    cpu_variables: Annotated[list[str], "variables by which people tune it for CPUs"]
    cpu_flags: Annotated[list[str], "flags that are given on other hardware than CUDA GPUs"]
    cpu_values: Annotated[
        dict[str, list[str]], "flags, with the values by which its GPUs hold no layer of the model"
    ]
    spills_to_cpu: Annotated[bool, "whether it puts on the CPU what does not fit on the GPU"]
    offload_flags: Annotated[list[str], "flags that keep a part of the weights off the GPU"]
    one_process: Annotated[bool, "whether one process drives all its GPUs"]
    loads_on_request: Annotated[bool, "whether a model is loaded by the first request for it"]
    idle_start: Annotated[
        dict[str, list[str]], "flags, with the values by which it starts without any model"
    ]
    preload_flags: Annotated[list[str], "flags that name models which it loads even then"]
    downloads_unasked: Annotated[
        bool, "whether its own image downloads weights without naming a repository of the hub"
    ]
    splits_tensor_group: Annotated[
        bool, "whether data parallelism splits the tensor parallel group instead of adding GPUs"
    ]
    splitting_flags: Annotated[list[str], "flags with which it does so"]
    expert_flags: Annotated[
        list[str], "flags with which data parallel groups share the weights of the experts"
    ]
    stage_flags: Annotated[list[str], "flags with which each stage has GPUs of its own"]
    loaded_bytes: Annotated[
        dict[str, float],
        "values of the quantization by which weights are quantised while they are loaded, with "
        "the bytes per weight in memory",
    ]
    fills_gpus: Annotated[bool, "whether it starts copies of the model on GPUs that are left"]
    gpus_by_profile: Annotated[bool, "whether something unseen decides how many GPUs it uses"]
    told_by_variables: Annotated[bool, "whether it is told by variables what others are by flags"]
    memory_of: Annotated[
        Literal["total", "free", ""],
        "what the memory fraction is a share of: all, what is free after loading, or none",
    ]
    fraction_overrides: Annotated[list[str], "flags next to which the memory fraction is ignored"]
    claims_fraction: Annotated[
        bool, "whether it ends where less than its memory fraction of a GPU is free at the start"
    ]
    counts_blocks: Annotated[bool, "whether a memory fraction above 1 is a count of blocks"]
    executors: Annotated[
        dict[str, list[str]], "flags that choose an executor, with the values for several machines"
    ]
    follower_flags: Annotated[
        list[str], "switches of a part of a larger server that answers no requests itself"
    ]
    rank_flags: Annotated[list[str], "flags that number such parts; 0 answers requests"]
    pooling: Annotated[
        dict[str, list[str]], "flags, with the values by which it pools instead of generating"
    ]
    launches_others: Annotated[bool, "whether it forms a cluster in which another engine serves"]
    cluster_scripts: Annotated[list[str], "words of scripts that form such a cluster"]
    cluster_variables: Annotated[list[str], "variables by which a server joins such a cluster"]
    linked_variables: Annotated[
        list[str], "numbers of ports that it reads from variables which a Service may make: X_PORT"
    ]
    sleep_refuses_expansion: Annotated[
        list[str],
        "the version from which its sleep mode refuses memory whose segments expand, and the first "
        "that does so no more; none where it never did",
    ]
    revision_holds_since: Annotated[
        str, "the version from which a revision counts for code, too; empty: always, or unknown"
    ]
    source: str


class Endpoints(TypedDict):
    """Paths of the HTTP interface."""

    health: Annotated[list[str], "paths that answer GET without work"]
    liveness: str
    readiness: str
    startup: str
    generation: Annotated[list[str], "paths that make the model work"]
    guarded: Annotated[list[str], "prefixes that want the key"]
    open: Annotated[list[str], "paths below them that want none"]
    opens: Annotated[
        Literal["early", "late", "unknown"],
        "whether the port opens before or once the model is loaded",
    ]
    waits: Annotated[bool, "whether the readiness path fails until the model is loaded"]
    prefix_flags: Annotated[list[str], "flags that put something before every path"]
    other_ports: Annotated[list[int], "ports on which it listens besides, unless it is told others"]
    by_python: Annotated[bool, "whether Python answers, which is late while the CPU is busy"]
    unbuffered: Annotated[bool, "whether streams say `X-Accel-Buffering: no`, which nginx heeds"]
    tls_flags: Annotated[list[str], "flags with any of which it speaks HTTPS alone"]
    tls_otherwise: Annotated[bool, "whether anything else may make it speak HTTPS"]
    source: str


class Metrics(TypedDict):
    """Where the engine shows its metrics."""

    default: Annotated[Literal["on", "off", "none"], "none: it has no metrics"]
    path: Annotated[str, "where Prometheus can read them, be it only on demand"]
    port: Annotated[int, "0: the port of the API"]
    port_flag: Annotated[str, "the flag that sets a port of their own, or empty"]
    prometheus: Annotated[bool, "whether Prometheus can read them unasked"]
    switch: Annotated[str, "the flag that changes the default, or empty"]
    prefixes: Annotated[list[str], "of the metrics' names, its own first"]
    source: str


class OwnImage(TypedDict):
    """The engine's own image."""

    root: Annotated[bool, "whether it runs as root"]
    user: Annotated[str, "the unprivileged user that it has or runs as, or empty"]
    home: Annotated[str, "the home folder"]
    homes: Annotated[dict[str, str], "home folders of other users, by their number"]
    jit: Annotated[bool, "whether kernels are compiled at run time"]
    devel: Annotated[bool, "whether it is built upon a devel image on purpose"]
    source: str


class Caches(TypedDict):
    """What the engine writes; `~` is the home folder."""

    paths: list[str]
    variables: Annotated[list[str], "variables that move a path"]
    weights: Annotated[str, "the folder into which weights are downloaded, or empty"]
    weights_variables: Annotated[
        list[str], "variables that move it; empty: those of the Hugging Face hub"
    ]
    compiled: Annotated[
        dict[str, str], "by the variable that moves it, the folder of graphs compiled at each start"
    ]
    uncompiled_flags: Annotated[list[str], "flags with which nothing is compiled for it"]
    kernels: Annotated[
        list[str], "folders besides `~/.cache` into which kernels are compiled as it starts"
    ]
    source: str


class Exposure(TypedDict):
    """What the engine lets those do who reach its port."""

    authentication: Annotated[
        Literal["option", "none", "elsewhere"],
        "whether an option makes it ask for a key, nothing does, or what is not seen decides",
    ]
    key_flags: Annotated[list[str], "flags besides the key that make it ask for one"]
    open_paths: Annotated[list[str], "paths that work or tell something without the key"]
    media_flags: Annotated[list[str], "flags that say where media of a request may come from"]
    origins_flag: Annotated[str, "the flag that names the origins of browsers, or empty"]
    any_origin: Annotated[bool, "whether browsers may come from anywhere by default"]
    source: str


class Unsafe(TypedDict):
    """A flag or a variable that should not be on where others reach the server."""

    flag: NotRequired[str]
    variable: NotRequired[str]
    values: Annotated[list[str], "those that do it; empty: whatever switches it on"]
    needs: NotRequired[
        Annotated[dict[str, list[str]], "flags and variables that have to be on as well"]
    ]
    unless: NotRequired[Annotated[list[str], "flags with which it is safe"]]
    kind: Literal["development", "adapters", "prompts", "origins"]
    level: Annotated[Literal["", "low", "medium"], "where it is less severe than its kind"]
    does: Annotated[str, "what it does, as the end of a sentence"]
    source: str


class Stop(TypedDict):
    """How the engine ends."""

    drain_seconds: int
    drain_flag: Annotated[str, "the flag that changes it, or empty"]
    source: str


class Removed(TypedDict):
    """A flag or a variable that is gone; versions are empty where unknown."""

    flag: NotRequired[str]
    variable: NotRequired[str]
    deprecated: str
    removed: str
    replacement: str
    advice: str
    source: str


class EngineTable(TypedDict):
    """One serving engine."""

    name: Annotated[str, "the name of its file"]
    asof: str
    stale_after: Annotated[int, "days behind `asof` from which it is to be read again"]
    title: str
    kind: Literal["generation", "embedding"]
    maintenance: Annotated[str, "that the project is at its end, and since when; or empty"]
    mended: Annotated[bool, "whether holes in it are still closed"]
    source: str
    names: Names
    evidence: Evidence
    start: Start
    traits: Traits
    options: Annotated[
        dict[str, list[str]], "names of the flag that sets each option, the main one first"
    ]
    flags: Flags
    environment: Annotated[dict[str, str], "variables, with the main name of the flag they set"]
    elsewhere: Elsewhere
    defaults: Annotated[dict[str, Value], "what options are when nobody sets them"]
    image_defaults: Annotated[dict[str, Value], "those that are others in the engine's own image"]
    endpoints: Endpoints
    metrics: Metrics
    image: OwnImage
    caches: Caches
    exposure: Exposure
    stop: Stop
    removed: list[Removed]
    unsafe: list[Unsafe]


class IndexedProgram(TypedDict):
    """A command by its first words, and the engine that it starts: empty for none."""

    words: list[str]
    engine: str
    worker: bool


class IndexedImage(ImageRow):
    """Images, and the engine that they hold; what a policy says of them may be about some tags."""

    engine: str
    tags: NotRequired[Annotated[str, "a glob over those that hold it"]]
    release: NotRequired[Annotated[str, "the pattern of tags that tell its version"]]


class IndexedOwner(Owner):
    """Objects, and the engine that they run."""

    engine: str


class IndexedEvidence(TypedDict):
    """What makes an engine likely."""

    engine: str
    image_words: list[str]
    flags: list[list[str]]
    variables: list[list[str]]
    formats: list[str]
    default_formats: list[str]


class EngineIndex(TypedDict):
    """All by which engines are recognised, made of their tables."""

    engines: list[str]
    programs: list[IndexedProgram]
    images: list[IndexedImage]
    owners: list[IndexedOwner]
    evidence: list[IndexedEvidence]
    predictors: list[str]
    pulls: list[list[str]]
    packages: list[str]
    jit_packages: list[str]
    cluster_scripts: list[str]
    cluster_variables: list[str]
