"""The JSON Schema of policies, generated from the options of all rules."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from imagelint.core.environment import ATTESTATION_KINDS
from imagelint.core.finding import Severity
from imagelint.policy.allowances import WAYS
from imagelint.policy.builtin import PACKS
from imagelint.policy.custom.schema import OWN_NAME, own_schema, own_setting
from imagelint.policy.images.declared import images_schema
from imagelint.policy.images.push import push_schema
from imagelint.policy.images.scan import scan_schema
from imagelint.policy.images.summary import summary_schema
from imagelint.policy.options import options_of, present, words_of
from imagelint.policy.schemas.definitions import (
    EXEMPT,
    SEVERITIES,
    Schema,
    definitions,
    globs,
    setting_schema,
)
from imagelint.policy.schemas.facts import knowledge_files
from imagelint.policy.schemas.ownership import WORDED, owners_schema, waiver_fields
from imagelint.policy.serving.scorecard import scorecard_schema
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.options import Option
    from imagelint.rules.rule import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SINCE = ["new", "all"]
_PLAIN: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def policy_schema() -> Schema:
    """The schema of a policy; imports every rule."""
    return {
        "$schema": DIALECT,
        "title": "imagelint policy",
        "description": "Which rules count, how severe they are, what is waived and what fails.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": _text("What reports call this policy."),
            "extends": _extends(),
            "fail-on": {
                "description": "The lowest severity that fails (default: high).",
                "enum": SEVERITIES,
            },
            "allowed": _allowed(),
            "since": {"description": "What fails of a change: the new, or all.", "enum": _SINCE},
            "environment": _environment(),
            "closed": _truth("Whether what is examined together is all there is."),
            "images": images_schema(),
            "knowledge": knowledge_files(),
            "scan": dict(scan_schema()),
            "push": dict(push_schema()),
            "verification-summary": dict(summary_schema()),
            "scorecard": dict(scorecard_schema()),
            "rules": _rules(),
            "waivers": {
                "description": "Findings that do not count until a day.",
                "type": "array",
                "items": _waiver(),
            },
            "owners": owners_schema(),
            "allowances": _allowances(),
            "baseline": _text("A file with findings that do not count, relative to this file."),
            "exclude": globs("Files that are not examined, as globs relative to this file."),
            "lock": _lock(),
            **own_schema(),
        },
        "$defs": dict(definitions()),
    }


def written_schema() -> str:
    """The text of `policy.schema.json`."""
    import json

    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def _truth(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _extends() -> Schema:
    name = {"type": "string", "minLength": 1}
    return {
        "description": (
            f"Packs ({', '.join(PACKS)}) and files, the last on top."
            " Without it: recommended and gpu-serving."
        ),
        "anyOf": [name, {"type": "array", "items": name}],
    }


def _environment() -> Schema:
    return {
        "description": "What the files cannot say about the place where the image will run.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "driver": _text('Version of the NVIDIA driver on the hosts, in quotes: "550.90.07".'),
            "gpu": {
                "description": "The GPUs of a node.",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "product": _text("The label nvidia.com/gpu.product of the nodes."),
                    "per-node": {
                        "description": "How many GPUs a node has.",
                        "type": "integer",
                        "minimum": 1,
                    },
                },
            },
            "registries": globs("Trusted registries and repositories, as globs."),
            "signers": {
                "description": "Who may sign images.",
                "type": "array",
                "items": _signer(),
            },
            "trust": {
                "description": "What images need besides one signature; all that match hold.",
                "type": "array",
                "items": _trust(),
            },
            "trusted-root": _text("A file with the trusted root of a private Sigstore."),
            "build-contexts": {
                "description": "Names given to the build with --build-context.",
                "type": "array",
                "items": {"type": "string", "minLength": 1},
            },
        },
    }


def _lock() -> Schema:
    return {
        "description": (
            "What the policies of an examined tree can only tighten, where this policy is trusted."
        ),
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rules": {
                "description": "Rules with the least severity of their findings.",
                "type": "object",
                "additionalProperties": False,
                "properties": {name: {"$ref": "#/$defs/least"} for name in _rule_names()},
                "patternProperties": {OWN_NAME: {"$ref": "#/$defs/least"}},
            },
            "packs": {
                "description": "Packs whose rules are locked as this policy has them.",
                "type": "array",
                "items": {"enum": list(PACKS)},
            },
            "fail-on": {
                "description": "The highest `fail-on`; without it, that of this policy.",
                "enum": SEVERITIES,
            },
            "signers": {
                "description": "Only the signers of this policy may sign, and must.",
                "type": "boolean",
            },
            "registries": {
                "description": "Only the registries of this policy are trusted.",
                "type": "boolean",
            },
        },
    }


def _signer() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": _text("What reports call this signer."),
            "key": _text("A public key: a file, or what cosign takes; or notation's certificate."),
            "identity": _text("The identity in the certificate, with `issuer`."),
            "issuer": _text("Who vouched for the identity."),
            "pattern": {
                "description": "Identity and issuer are regular expressions for the whole of each.",
                "type": "boolean",
            },
            "images": globs("The repositories that this signer signs; without it, all."),
            "transparency-log": {
                "description": "The signature must be in the transparency log (default: true).",
                "type": "boolean",
            },
        },
    }


def _trust() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "images": globs("The repositories that this is about; without it, all."),
            "signed-by": _names("The signers who must have signed, by their names."),
            "at-least": {
                "description": "How many of them are enough; without it, all are needed.",
                "type": "integer",
                "minimum": 1,
            },
            "attestations": {
                "description": "The signed statements that an image needs.",
                "type": "array",
                "items": _attestation(),
            },
        },
    }


def _attestation() -> Schema:
    kinds = ", ".join(ATTESTATION_KINDS)
    end = "; a `*` at its end stands for any end."
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["type"],
        "properties": {
            "type": _text(f"{kinds}, or the address of a predicate type."),
            "signed-by": _names("The signers of whom one must have made it; without it, any."),
            "builder": _text(f"Who built the image, as the provenance calls it{end}"),
            "source": _text(f"From what it was built, as the provenance calls it{end}"),
            "verifier": _text(f"Who gave the verdict{end}"),
            "max-age-days": {
                "description": "How many days old the statement may be.",
                "type": "integer",
                "minimum": 0,
            },
        },
    }


def _names(description: str) -> Schema:
    return {
        "description": description,
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "minItems": 1,
    }


def _waiver() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["rule", "reason", "until"],
        "properties": {
            "rule": {"description": "A rule's name.", **_named(_rule_names())},
            "reason": _text("Why this may stay for now.", WORDED),
            "until": {
                "description": "The last day on which the waiver holds: 2027-01-31.",
                "type": "string",
                "format": "date",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            },
            "where": _text("Files or images, as a glob; without it, all."),
            "subject": _text("What it is about, as a glob: an image, a package, CVE-2024-3094."),
            "path": _text("Where in that, as a glob: usr/lib/python3*/* in an image, spec.*."),
            "approver": _text("Who approved it: see `allowances.approvers`."),
            **waiver_fields(),
        },
    }


def _allowances() -> Schema:
    kinds = ", ".join(f"{way} ({words})" if words != way else way for way, words in WAYS.items())
    return {
        "description": f"What of all that says that findings do not count is accepted: {kinds}.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{way: {"$ref": "#/$defs/extent"} for way in WAYS},
            "never": {
                "description": "Rules and families whose findings always count.",
                "type": "array",
                "items": _named([*catalog.families(), *_rule_names()]),
            },
            "waiver-days": {
                "description": "How many days from today a waiver may last.",
                "type": "integer",
                "minimum": 1,
            },
            "approvers": globs("Who may approve waivers, as globs over their `approver`."),
            "files": globs("The files whose waivers and baselines count, as globs."),
        },
    }


def _named(names: list[str]) -> Schema:
    """One of the names, or that of a rule of one's own."""
    return {"anyOf": [{"enum": names}, {"type": "string", "pattern": OWN_NAME}]}


def _rule_names() -> list[str]:
    return list(dict.fromkeys((*catalog.names(), *_former_names())))


def _former_names() -> Iterator[str]:
    for name in catalog.names():
        yield from catalog.load(name).former


def _rules() -> Schema:
    properties: Schema = {}
    for rule in map(catalog.load, catalog.names()):
        properties[rule.name] = _rule(rule)
    for former in _former_names():
        properties[former] = _former(catalog.successors(former), properties)
    return {
        "description": "What is said about each rule: a level, or level, options and exemptions.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "patternProperties": {OWN_NAME: _own()},
    }


def _own() -> Schema:
    exempt = globs(EXEMPT)
    return own_setting({"$ref": "#/$defs/level"}, exempt)


def _former(successors: tuple[str, ...], properties: Schema) -> Schema:
    """What may be said by a former name: of several rules only what all rules take."""
    if len(successors) == 1:
        return {**properties[successors[0]], "deprecated": True}
    summary = f"Now {', '.join(successors)}."
    return {"description": summary, "$ref": "#/$defs/setting", "deprecated": True}


def _rule(rule: Rule) -> Schema:
    summary = rule.doc.partition("\n")[0]
    if rule.options is None:
        return {"description": summary, "$ref": "#/$defs/setting"}
    options = {option.key: _option(option) for option in options_of(rule.options)}
    return {"description": summary, "anyOf": [{"$ref": "#/$defs/level"}, setting_schema(options)]}


def _option(option: Option) -> Schema:
    schema = _kind(option.kind)
    doc = option.metadata.get("doc")
    if doc:
        schema["description"] = doc
    if option.default is not None:
        schema["default"] = _default(option.default)
    keywords = ("minimum", "maximum", "format")
    return schema | {key: option.metadata[key] for key in keywords if key in option.metadata}


def _kind(kind: Any) -> Schema:
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": list(words_of(kind))}
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(inside)}
    if origin is tuple:
        return {"type": "array", "items": _kind(inside[0])}
    return {"anyOf": [_kind(present(kind)), {"type": "null"}]}


def _default(value: object) -> object:
    if isinstance(value, Severity):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return [_default(item) for item in value] if isinstance(value, tuple) else value


def _allowed() -> Schema:
    told = "How many allowed findings a verdict that passes may have."
    return {"description": told, "type": "integer", "minimum": 0}


def _text(description: str, pattern: str = r"\S") -> Schema:
    return {"description": description, "type": "string", "pattern": pattern}
