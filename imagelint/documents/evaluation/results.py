"""What a file of results says, whichever tool wrote it.

A *metric* is named as its tool names it (`tiny/acc,none`, `match`, `Faithfulness`). Of each there
are samples, one value a case and repetition, or an aggregate, or both.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.scores import Scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_SAMPLES = 5_000_000
"""More cases decide nothing that these do not."""
MOST_CASES = 10**9
"""Of which a tool tells: more were never asked, and would make any difference certain."""


def case_key(name: str) -> int:
    """A case or a cluster by 64 bits of its name: two of a million meet once in 10^7 files."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


class SampleTable:
    """Scores of samples by metric, NaN where a sample has none of that metric.

    `cases` are keys, see `case_key`. A case that occurs again is a repetition.
    `labels` are pairs of what a judge said and what people said, by metric; `unscored` is in how
    many samples a metric was asked for and came to nothing.
    """

    __slots__ = ("_clusters", "_columns", "cases", "labels", "unscored")

    def __init__(self) -> None:
        self.cases = array("Q")
        self._clusters = array("Q")
        self._columns: dict[str, Scores] = {}
        self.labels: dict[str, list[tuple[float, float]]] = {}
        self.unscored: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.cases)

    def add(self, case: str, scores: Mapping[str, float | None], cluster: str = "") -> None:
        """Add a sample; a metric that is not there is one that the sample was not asked for.

        Raises:
            DocumentError: a score is infinite or no number, or there are too many samples.
        """
        if len(self.cases) >= MOST_SAMPLES:
            raise DocumentError(
                ProblemKind.TOO_LARGE,
                f"has more than {MOST_SAMPLES:,} samples: take a part of them",
            )
        at = len(self.cases)
        for name, score in scores.items():
            if score is None:
                self.unscored[name] = self.unscored.get(name, 0) + 1
                continue
            if not isfinite(score):
                raise DocumentError(
                    ProblemKind.UNPARSABLE, f"sample `{case[:80]}`: `{name}` is {score}, no number"
                )
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = Scores()
            column.put(at, score)
        self.cases.append(case_key(case))
        if cluster:
            self._clusters.frombytes(bytes(8 * (at - len(self._clusters))))
            self._clusters.append(case_key(cluster))

    @property
    def clustered(self) -> bool:
        """Whether any sample names its cluster."""
        return bool(self._clusters)

    @property
    def clusters(self) -> array[int]:
        """The keys of the clusters, one for each sample, 0 where it names none; not for change."""
        missing = bytes(8 * (len(self.cases) - len(self._clusters)))
        if not self._clusters:
            return array("Q", missing)
        if missing:
            self._clusters.frombytes(missing)
        return self._clusters

    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics, in the order in which they were met."""
        return tuple(self._columns)

    def column(self, name: str) -> array[float]:
        """The scores of a metric, one for each sample.

        Raises:
            KeyError: there is no such metric.
        """
        return self._columns[name].values(len(self.cases))

    def numbered(self, name: str) -> tuple[bytearray | array[int], tuple[float, ...]] | None:
        """The same as the places of values among the different ones, where these are few.

        A place is one byte or two.

        Raises:
            KeyError: there is no such metric.
        """
        return self._columns[name].numbered(len(self.cases))

    def share(self, others: Iterable[SampleTable]) -> None:
        """Keep the keys of cases and clusters once, where another has the same in that order."""
        for other in others:
            if self.cases is other.cases or self.cases == other.cases:
                self.cases = other.cases
                if self.clustered and other.clustered and self.clusters == other.clusters:
                    self._clusters = other.clusters
                return


class Aggregate(NamedTuple):
    """What a tool says of a metric as a whole.

    `is_mean` tells that `value` is the mean of the samples. `cases` is None where the tool says not
    how many there were, `higher_is_better` where it does not say that.
    """

    value: float
    cases: int | None = None
    stderr: float | None = None
    higher_is_better: bool | None = None
    is_mean: bool = False


class ResultFacts(NamedTuple):
    """What a file says of where its numbers come from; empty where it says nothing."""

    model: str = ""
    revision: str = ""
    quantization: str = ""
    engine: str = ""
    created: str = ""
    image: str = ""
    dataset: str = ""
    judges: tuple[str, ...] = ()


class ResultFile(NamedTuple):
    """One file of results. `defects` say what was not evaluated as it should have been."""

    origin: str
    format: str
    aggregates: Mapping[str, Aggregate]
    samples: SampleTable
    facts: ResultFacts = ResultFacts()
    defects: tuple[str, ...] = ()

    def metrics(self) -> tuple[str, ...]:
        """The names of all metrics, each once."""
        return tuple(dict.fromkeys((*self.samples.metrics(), *self.aggregates)))


def sound(file: ResultFile) -> ResultFile:
    """The same results, where what they say of a metric as a whole can be so.

    Raises:
        DocumentError: a number of cases is none, or a standard error is negative.
    """
    for name, told in file.aggregates.items():
        if told.cases is not None and not 0 < told.cases <= MOST_CASES:
            what = f"`{name}` was measured on {told.cases:,.6g} cases"
        elif told.stderr is not None and told.stderr < 0:
            what = f"`{name}` has a standard error of {told.stderr:g}"
        else:
            continue
        raise DocumentError(ProblemKind.UNPARSABLE, f"says that {what}, which cannot be")
    return file


def missing_key(tool: str, keys: Iterable[str]) -> DocumentError:
    """The error of a file of a tool that lacks what such a file has."""
    told = " and ".join(f"`{key}`" for key in keys)
    return DocumentError(ProblemKind.UNPARSABLE, f"looks like results of {tool}, but has no {told}")
