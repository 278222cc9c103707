"""What values of known charts say about the containers that these make."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.kubernetes.operator_schema import ChartRow

_SLASH, _DOT = pattern(r"(?<!\\)/"), pattern(r"(?<!\\)\.")

Path: TypeAlias = tuple[str, ...]
Paths: TypeAlias = tuple[Path, ...]
"""Places of which the first counts that is there."""


class ChartField(NamedTuple):
    """A field of a container, where it stands, and all that has to be true for it to count."""

    field: str
    at: Path
    when: Paths


class Chart(NamedTuple):
    """What a chart makes of its values; paths of one container are seen from its own values.

    In `containers`, `*` is any key, or any item of a list. The path of anything else begins with
    an empty key at the root of all values, and goes up with each `..`. `words` are the command,
    `flags` with what stands under their paths the arguments, and behind them the lists of
    `arguments`, and maybe `more_arguments` that nobody knows. `image` is the repository where none
    is named, `tag` is empty where the image is one word. `gpus` is empty where resources say it,
    `gpu_kind` what says of which kind they are, in the words of `gpu_kinds` (of which
    `gpu_products` tell the GPU), which may stand before their number (`l4:2`), `probe_port` that of
    probes which say none. Variables of `secrets` are taken from the Secrets whose names stand
    there. `machine` says what type of node is chosen, `settings` names the ConfigMap in which the
    file lies that the `settings_words` name. All of it counts where each path of `only` has one of
    its words, and what stands under a path of `instead` has another template make something else
    of the values.
    """

    name: str
    signature: tuple[Paths, ...]
    containers: tuple[Path, ...]
    only: Mapping[Path, str]
    image: str
    repository: Paths
    tag: Paths
    words: tuple[str, ...]
    flags: Mapping[str, Path]
    variables: Mapping[str, Path]
    secrets: Mapping[str, Path]
    arguments: tuple[Path, ...]
    more_arguments: bool
    gpus: Path
    gpu_kind: Path
    gpu_kinds: Mapping[str, str]
    gpu_products: Mapping[str, str]
    probe_port: str
    machine: Path
    settings: Path
    settings_words: tuple[str, ...]
    instead: tuple[Path, ...]
    fields: tuple[ChartField, ...]


@looked_up
def charts_named(name: str) -> tuple[Chart, ...]:
    """What a chart makes, by the last part of its name; nothing where nobody wrote it down."""
    rows = table("kubernetes/charts")["charts"]
    return tuple(_chart(row, name) for row in rows if name in row["names"])


@looked_up
def charts_with_signature() -> tuple[Chart, ...]:
    """The charts that a file of their values tells by itself."""
    rows = table("kubernetes/charts")["charts"]
    return tuple(_chart(row, row["names"][0]) for row in rows if row["signature"])


def _chart(row: ChartRow, name: str) -> Chart:
    return Chart(
        name=name,
        signature=tuple(map(_paths, row["signature"])),
        containers=tuple(map(_path, row["containers"])),
        only={_path(at): words for at, words in row["only"].items()},
        image=row["image"],
        repository=_paths(row["repository"]),
        tag=_paths(row["tag"]),
        words=tuple(row["words"]),
        flags={flag: _path(at) for flag, at in row["flags"].items()},
        variables={variable: _path(at) for variable, at in row["variables"].items()},
        secrets={variable: _path(at) for variable, at in row["secrets"].items()},
        arguments=tuple(map(_path, row["arguments"])),
        more_arguments=row["more_arguments"],
        gpus=_path(row["gpus"]),
        gpu_kind=_path(row["gpu_kind"]),
        gpu_kinds=row["gpu_kinds"],
        gpu_products=row["gpu_products"],
        probe_port=row["probe_port"],
        machine=_path(row["machine"]),
        settings=_path(row["settings"]),
        settings_words=tuple(row["settings_words"]),
        instead=tuple(map(_path, row["instead"])),
        fields=tuple(
            ChartField(one["field"], _path(one["at"]), tuple(map(_path, one["when"])))
            for one in row["fields"]
        ),
    )


def _paths(text: str) -> Paths:
    return tuple(map(_path, text.split(" or "))) if text else ()


def _path(text: str) -> Path:
    """`a.b` as keys, `../../a` as two steps up before them, `/a` with an empty key before them.

    A dot or a slash within a key stands behind a backslash.
    """
    *before, last = _SLASH.split(text)
    keys = _DOT.split(last) if last else ()
    return (*before, *(key.replace("\\", "") for key in keys))
