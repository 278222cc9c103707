"""What values of known charts say about the containers that these make."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str, ...]


class ChartField(NamedTuple):
    """A field of a container, where it stands, and all that has to be true for it to count."""

    field: str
    at: Path
    when: tuple[Path, ...]


class Chart(NamedTuple):
    """A chart, by the keys of its values; paths of one container are seen from its own values.

    In `containers`, `*` is any key, or any item of a list. `words` are the command, `flags` with
    what stands under their paths the arguments, and behind them the lists of `arguments`. `gpus` is
    empty where resources say it, `gpu_kind` what says of which kind they are. What stands under a
    path of `instead` has another template make something else of the values.
    """

    containers: Path
    repository: Path
    tag: Path
    words: tuple[str, ...]
    flags: Mapping[str, Path]
    arguments: tuple[Path, ...]
    gpus: Path
    gpu_kind: Path
    instead: tuple[Path, ...]
    fields: tuple[ChartField, ...]


@looked_up
def chart_named(name: str) -> Chart | None:
    """A chart by the last part of its name; None where nobody wrote down what its values mean."""
    for row in table("kubernetes/charts")["charts"]:
        if name in row["names"]:
            return Chart(
                containers=_path(row["containers"]),
                repository=_path(row["repository"]),
                tag=_path(row["tag"]),
                words=tuple(row["words"]),
                flags={flag: _path(at) for flag, at in row["flags"].items()},
                arguments=tuple(map(_path, row["arguments"])),
                gpus=_path(row["gpus"]),
                gpu_kind=_path(row["gpu_kind"]),
                instead=tuple(map(_path, row["instead"])),
                fields=tuple(
                    ChartField(one["field"], _path(one["at"]), tuple(map(_path, one["when"])))
                    for one in row["fields"]
                ),
            )
    return None


def _path(text: str) -> Path:
    return tuple(text.split(".")) if text else ()
