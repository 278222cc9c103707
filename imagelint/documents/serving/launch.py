"""What a container runs, before anybody knows whether it is a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script, Word
    from imagelint.documents.yaml.nodes import YamlNode


class Told(NamedTuple):
    """An option that a server is told otherwise than by words and variables.

    `option` is its name in the tables of the engines, `written` how a reader finds it.
    """

    span: Span
    option: str
    value: Fact[str]
    written: str


class RuntimeChoice(NamedTuple):
    """How an object chooses the runtime of its model where that stands elsewhere.

    By its name, or by the format of the model; each is empty where it is not written.
    """

    runtime: str
    model_format: str


class Launch(NamedTuple):
    """What a container runs, before anybody knows whether it is a server.

    `argv` is command and arguments as far as they are written; `complete` is false when words may
    be missing or are of unknown value (those are then judged one by one). `env` are the container's
    variables in the order in which they count, `env_complete` is false when more may come
    (`envFrom`, `env_file`). `appends` tells whether `argv` follows the entry point of the image
    (only `args`, only `CMD`) or replaces it; None: unknown. An operator may start an `engine` where
    no command is written, tell it something (`told`), and add words (`more_words`). `scripts` are
    those of files of the image that are read, by the words that run them, `files` the settings in
    files that servers read, by their paths in the container, `applications` those that an operator
    has run in it, on machines of a cluster which have `cluster_gpus` together, at most. Where
    `image` is what the container's own is built upon, `built_as` are the names of that: its own,
    its Dockerfile's and its stage's.
    """

    span: Span
    image: ImageUse | None
    argv: tuple[Word, ...]
    complete: bool
    env: tuple[EnvVar, ...]
    env_complete: bool
    runtime: Runtime
    path: str = ""
    appends: bool | None = None
    more_words: bool = False
    engine: str = ""
    told: tuple[Told, ...] = ()
    choice: RuntimeChoice | None = None
    scripts: Mapping[str, Script] = {}
    files: Mapping[str, YamlNode] = {}
    applications: YamlNode | None = None
    cluster_gpus: Fact[int] = UNKNOWN
    built_as: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """All that is run as it is written: the words, and the scripts in files."""
        texts = (script.text for script in self.scripts.values())
        return (*(word.raw for word in self.argv), *texts)
