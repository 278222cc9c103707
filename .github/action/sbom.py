"""Hand an SBOM to GitHub's dependency graph.

https://docs.github.com/en/rest/dependency-graph/dependency-submission
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import RefusedError
from workflow import StepError, variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api import Api

_LARGEST = 50_000_000
_MOST = 20_000


def submit(api: Api, path: str, name: str) -> str:
    """Submit what an SBOM of CycloneDX or SPDX, as JSON, names by package URL.

    Raises:
        StepError: it is no such file.
        RefusedError: the token may not (`contents: write`).
    """
    workspace = Path(variable("GITHUB_WORKSPACE")).resolve()
    file = (workspace / path).resolve()
    if not file.is_relative_to(workspace) or not file.is_file() or file.stat().st_size > _LARGEST:
        raise StepError(f"input sbom: there is no such file in the workspace: {path!r}")
    try:
        packages = dict.fromkeys(_packages(json.loads(file.read_text(encoding="utf-8"))))
    except (ValueError, TypeError, AttributeError):
        raise StepError(f"input sbom: {path!r} is no SBOM of CycloneDX or SPDX in JSON") from None
    if not packages:
        raise RefusedError(f"{path!r} names no package by its URL: nothing was submitted")
    known = [each for each in packages if each.startswith("pkg:")][:_MOST]
    manifest = {
        "name": path,
        "resolved": {each: {"package_url": each} for each in known},
    }
    snapshot: dict[str, Any] = {
        "version": 0,
        "sha": variable("GITHUB_SHA"),
        "ref": variable("GITHUB_REF"),
        "job": {"correlator": name, "id": os.environ.get("GITHUB_RUN_ID", "0")},
        "detector": {
            "name": "imagelint",
            "version": "0.1.0",
            "url": "https://github.com/imagelint/imagelint",
        },
        "scanned": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "manifests": {path: manifest},
    }
    api.of_repository("POST", "/dependency-graph/snapshots", snapshot)
    return f"{len(known)} packages submitted"


def _packages(said: dict[str, Any]) -> Iterator[str]:
    for component in said.get("components", ()):
        if component.get("purl"):
            yield str(component["purl"])
    for package in said.get("packages", ()):
        for reference in package.get("externalRefs", ()):
            if reference.get("referenceType") == "purl":
                yield str(reference["referenceLocator"])
