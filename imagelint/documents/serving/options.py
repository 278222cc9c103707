"""What servers are told by an option: one value each, whatever an engine calls its flag.

The table of each engine says by which flags and variables an option is set, what it is when nobody
sets it, or that the engine has none: `make generate` refuses a table that leaves one out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from imagelint.documents.serving.values import fraction, token_count, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

T_co = TypeVar("T_co", covariant=True)


class Option(NamedTuple, Generic[T_co]):
    """An option.

    `name` is its key in the tables of the engines, `convert` makes a value of what is written, None
    where that is no value. The default is the engine's.
    """

    name: str
    convert: Callable[[str], T_co | None]


# As given: a hub id, a path, a URL, a folder of models.
MODEL: Option[str] = Option("model", str)
REVISION: Option[str] = Option("revision", str)
QUANTIZATION: Option[str] = Option("quantization", str)
DTYPE: Option[str] = Option("dtype", str)
HOST: Option[str] = Option("host", str)
PORT: Option[int] = Option("port", whole_number)
KEY: Option[str] = Option("key", str)
# Counts of GPUs, or of groups of them.
TENSOR_PARALLEL: Option[int] = Option("tensor_parallel", whole_number)
PIPELINE_PARALLEL: Option[int] = Option("pipeline_parallel", whole_number)
DATA_PARALLEL: Option[int] = Option("data_parallel", whole_number)
DATA_PARALLEL_LOCAL: Option[int] = Option("data_parallel_local", whole_number)
CONTEXT_PARALLEL: Option[int] = Option("context_parallel", whole_number)
# A share of GPU memory (`0.92`); of which memory differs between engines.
MEMORY_FRACTION: Option[float] = Option("memory_fraction", fraction)
# Tokens.
MAX_LENGTH: Option[int] = Option("max_length", token_count)
# Where weights are downloaded to.
DOWNLOAD_FOLDER: Option[str] = Option("download_folder", str)

OPTIONS: tuple[Option[object], ...] = (
    MODEL,
    REVISION,
    QUANTIZATION,
    DTYPE,
    HOST,
    PORT,
    KEY,
    TENSOR_PARALLEL,
    PIPELINE_PARALLEL,
    DATA_PARALLEL,
    DATA_PARALLEL_LOCAL,
    CONTEXT_PARALLEL,
    MEMORY_FRACTION,
    MAX_LENGTH,
    DOWNLOAD_FOLDER,
)
