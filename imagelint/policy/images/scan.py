"""What a policy says under `scan`: its schema, its data, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.environment import ProgramRules, ScanSettings

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
SCANNERS = ("trivy", "grype", "osv")
"""The names of the scanners that may be demanded."""
_FURTHER = {"grype": "Grype", "osv": "OSV-Scanner"}
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
            "scanners": {
                "description": "Who must look, the first of whom leads; none can be taken away.",
                "type": "array",
                "items": {"enum": list(SCANNERS)},
            },
            "trivy": _program_schema("Trivy"),
            **{name: _program_schema(title) for name, title in _FURTHER.items()},
        },
    }


def _program_schema(title: str) -> Mapping[str, object]:
    return {
        "description": f"Which {title} may run.",
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
    }


def scan_settings(said: Mapping[str, Data]) -> ScanSettings:
    """What valid data under `scan` say."""
    program = _program("trivy", said)
    further = (_program(name, said) for name in _FURTHER)
    return ScanSettings(
        kev=_word(said.get("kev")),
        epss=_word(said.get("epss")),
        vex=_words(said.get("vex")),
        skip_files=_words(said.get("skip-files")),
        least_version=program.least_version,
        denied=program.denied,
        sha256=program.sha256,
        server=_word(said.get("server")),
        vex_signed_by=_words(said.get("vex-signed-by")),
        sbom_signed_by=_words(said.get("sbom-signed-by")),
        scanners=tuple(dict.fromkeys(_words(said.get("scanners")))),
        programs=tuple(each for each in further if any(each[1:])),
    )


def _program(name: str, said: Mapping[str, Data]) -> ProgramRules:
    rules = cast("Mapping[str, Data]", said.get(name) or {})
    return ProgramRules(
        name, _word(rules.get("at-least")), _words(rules.get("denied")), _words(rules.get("sha256"))
    )


def written_settings(settings: ScanSettings) -> Mapping[str, object]:
    """The settings under the keys by which a policy says them; a mapping for the program's."""
    trivy = ProgramRules("trivy", settings.least_version, settings.denied, settings.sha256)
    programs = {each.scanner: _written(each) for each in settings.programs}
    said: Mapping[str, object] = {
        "kev": settings.kev,
        "epss": settings.epss,
        "vex": settings.vex,
        "skip-files": settings.skip_files,
        "scanners": settings.scanners,
        "trivy": _written(trivy),
        **programs,
        "server": settings.server,
        "vex-signed-by": settings.vex_signed_by,
        "sbom-signed-by": settings.sbom_signed_by,
    }
    return {key: value for key, value in said.items() if value}


def _written(program: ProgramRules) -> Mapping[str, object]:
    said = {
        "at-least": program.least_version,
        "denied": program.denied,
        "sha256": program.sha256,
    }
    return {key: value for key, value in said.items() if value}


def _word(said: Data) -> str:
    return cast("str", said or "")


def _words(said: Data) -> tuple[str, ...]:
    return cast("tuple[str, ...]", said or ())
