"""How Trivy is asked."""

from __future__ import annotations

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.core.record import NamedTuple
from imagelint.documents.image.releases import ReleaseRules

WEIGHTS = tuple(
    f"**/*.{end}"
    for end in (
        *("safetensors", "gguf", "ggml", "onnx", "engine", "plan", "pt", "pth", "ckpt", "h5"),
        *("npz", "npy", "parquet", "arrow", "tflite", "msgpack"),
    )
)
"""Files that hold no packages: Trivy would spool each of them to disk just to see that."""


class TrivyOptions(NamedTuple):
    """How to scan. An empty `cache` is the one that Trivy itself uses; time is taken by size.

    `server` is the address of the server that matches
    packages instead of the program here, `releases` which programs may be run.
    """

    cache: str = ""
    offline: bool = False
    db_repositories: tuple[str, ...] = ()
    deadline: Deadline = NEVER
    skip_files: tuple[str, ...] = WEIGHTS
    java_db_repositories: tuple[str, ...] = ()
    server: str = ""
    releases: ReleaseRules = ReleaseRules()
