"""What a policy says under `scan`: its schema, its data, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.environment import ScanSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.policy.text import Data

_TEXT = {"type": "string", "pattern": r"\S"}
_FILES: Mapping[str, str] = {
    "kev": "CISA's list of known exploited vulnerabilities (JSON), relative to this file.",
    "epss": "FIRST's scores of a day (CSV, or CSV and gzip), relative to this file.",
    "server": "The address of a Trivy server that matches what is listed here.",
}
_LISTS: Mapping[str, str] = {
    "vex": "Files that say what does not affect the image; they count in a trusted policy only.",
    "skip-files": "Files in the image that are left out, as globs, beside weights.",
    "vex-signed-by": "Names of signers whose signed VEX counts; in a trusted policy only.",
    "sbom-signed-by": "Names of signers whose signed SBOM is scanned; in a trusted policy only.",
}
_VERSION = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+){0,2}(-[0-9A-Za-z.+-]+)?$"}


def scan_schema() -> Mapping[str, object]:
    """The schema of `scan`."""
    return {
        "description": "How images are scanned.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{key: {"description": said, **_TEXT} for key, said in _FILES.items()},
            **{
                key: {"description": said, "type": "array", "items": _TEXT}
                for key, said in _LISTS.items()
            },
            "trivy": {
                "description": "Which Trivy may run.",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "at-least": {"description": "The oldest version that may run.", **_VERSION},
                    "denied": {
                        "description": "Versions that may not, beside those that were withdrawn.",
                        "type": "array",
                        "items": _VERSION,
                    },
                    "sha256": {
                        "description": "The digests of the programs that may run.",
                        "type": "array",
                        "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    },
                },
            },
        },
    }


def scan_settings(said: Mapping[str, Data]) -> ScanSettings:
    """What valid data under `scan` say."""
    program = cast("Mapping[str, Data]", said.get("trivy") or {})
    return ScanSettings(
        kev=_word(said.get("kev")),
        epss=_word(said.get("epss")),
        vex=_words(said.get("vex")),
        skip_files=_words(said.get("skip-files")),
        least_version=_word(program.get("at-least")),
        denied=_words(program.get("denied")),
        sha256=_words(program.get("sha256")),
        server=_word(said.get("server")),
        vex_signed_by=_words(said.get("vex-signed-by")),
        sbom_signed_by=_words(said.get("sbom-signed-by")),
    )


def written_settings(settings: ScanSettings) -> Mapping[str, object]:
    """The settings under the keys by which a policy says them; a mapping for the program's."""
    program = {
        "at-least": settings.least_version,
        "denied": settings.denied,
        "sha256": settings.sha256,
    }
    said: Mapping[str, object] = {
        "kev": settings.kev,
        "epss": settings.epss,
        "vex": settings.vex,
        "skip-files": settings.skip_files,
        "trivy": {key: value for key, value in program.items() if value},
        "server": settings.server,
        "vex-signed-by": settings.vex_signed_by,
        "sbom-signed-by": settings.sbom_signed_by,
    }
    return {key: value for key, value in said.items() if value}


def _word(said: Data) -> str:
    return cast("str", said or "")


def _words(said: Data) -> tuple[str, ...]:
    return cast("tuple[str, ...]", said or ())
