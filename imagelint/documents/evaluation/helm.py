"""Runs of HELM: the files of one folder.

`stats.json` and `per_instance_stats.json` have metrics, `run_spec.json` says of what. Read as they
are documented. Source: stanford-crfm/helm, `src/helm/benchmark/` (2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.evaluation.results import (
    Aggregate,
    ResultFacts,
    ResultFile,
    SampleTable,
    missing_key,
)
from imagelint.documents.evaluation.stream import JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.image.jsonview import JsonView

TOOL = "HELM"


def read_stats(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The metrics of a run as a whole; those of perturbed questions are left out.

    Raises:
        DocumentError: it is not such a file.
    """
    aggregates = {}
    for member in JsonStream(chunks, ((),)):
        stat = member.value
        name, mean = _name(stat), stat["mean"].number
        if not name:
            raise missing_key(TOOL, ("name.name", "name.split"))
        count = stat["count"].number
        if mean is not None and stat["name"]["perturbation"].is_absent:
            aggregates[name] = Aggregate(mean, None if count is None else int(count))
    return ResultFile(origin, TOOL, aggregates, SampleTable())


def read_instances(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The metrics of each question.

    Raises:
        DocumentError: it is not such a file.
    """
    samples = SampleTable()
    for member in JsonStream(chunks, ((),)):
        instance = member.value
        if not instance["stats"].is_array:
            raise missing_key(TOOL, ("instance_id", "stats"))
        if not instance["perturbation"].is_absent:
            continue
        means = {_name(stat): stat["mean"].score for stat in instance["stats"].items()}
        samples.add(instance["instance_id"].text or str(member.position), means)
    return ResultFile(origin, TOOL, {}, samples)


def _name(stat: JsonView) -> str:
    name = stat["name"]
    return "@".join(filter(None, (name["name"].text, name["split"].text, name["sub_split"].text)))


def read_spec(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """Of which model a run is.

    Raises:
        DocumentError: it is not such a file.
    """
    root = {m.keys[0]: m.value for m in JsonStream(chunks, (("-",),)) if m.keys}
    if "adapter_spec" not in root:
        raise missing_key(TOOL, ("adapter_spec",))
    adapter = root["adapter_spec"]
    model = adapter["model_deployment"].text or adapter["model"].text
    return ResultFile(origin, TOOL, {}, SampleTable(), ResultFacts(model=model))
