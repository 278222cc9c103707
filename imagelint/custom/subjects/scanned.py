"""Subjects of images that are looked at: what they are told to start, what was found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.shared import said
from imagelint.custom.values import Entries, texts
from imagelint.documents.image.config import ImageConfig
from imagelint.documents.image.image import ImageTarget
from imagelint.documents.image.vulnerabilities import Vulnerability
from imagelint.documents.secrets.names import is_secret_name

if TYPE_CHECKING:
    from imagelint.documents.base import Document


def _image(_config: ImageConfig, document: Document) -> str | None:
    return document.reference if isinstance(document, ImageTarget) else None


def _digest(config: ImageConfig, document: Document) -> object:
    return said(document.digest if isinstance(document, ImageTarget) else "", config)


def _variables(config: ImageConfig, _document: Document) -> Entries:
    """The variables; the value of what is a secret by its name is known to nobody."""
    told = {name: UNKNOWN if is_secret_name(name) else value for name, value in config.env}
    return texts(told, config)


CONFIG = Subject(
    "config",
    (ImageConfig,),
    "The configuration of an image that is looked at: by `scan`, `gate` or `audit`.",
    "image.json",
    "root-user",
    (
        Attribute("image", "string", "The image as it is named.", _image),
        Attribute("digest", "string", "Its digest, where it is known.", _digest),
        Attribute("labels", "map", "Its labels.", lambda one, _: texts(dict(one.labels), one)),
        Attribute("env", "map", "Its variables, without the values of secrets.", _variables),
        Attribute(
            "user", "string", "The user, absent for root.", lambda one, _: said(one.user, one)
        ),
        Attribute("entrypoint", "list(string)", "Its entry point.", lambda one, _: one.entrypoint),
        Attribute("cmd", "list(string)", "The default arguments.", lambda one, _: one.cmd),
        Attribute(
            "workdir", "string", "The working folder.", lambda one, _: said(one.workdir, one)
        ),
        Attribute("exposed", "list(string)", "Its ports: `8000/tcp`.", lambda one, _: one.exposed),
        Attribute("volumes", "list(string)", "Its volumes.", lambda one, _: one.volumes),
        Attribute(
            "health_check", "list(string)", "Its health check.", lambda one, _: one.health_check
        ),
        Attribute(
            "stop_signal",
            "string",
            "The signal that stops it.",
            lambda one, _: said(one.stop_signal, one),
        ),
        Attribute(
            "created",
            "string",
            "When it was built: `2026-11-26T08:00:00Z`.",
            lambda one, _: said(one.created, one),
        ),
        Attribute("os", "string", "`linux`", lambda one, _: said(one.os, one)),
        Attribute("architecture", "string", "`amd64`", lambda one, _: said(one.architecture, one)),
    ),
)
VULNERABILITY = Subject(
    "vulnerability",
    (Vulnerability,),
    "A vulnerability of a package in a scanned image.",
    "scan.json",
    "vulnerable-package",
    (
        Attribute("id", "string", "`CVE-2024-3094`", lambda one, _: one.id),
        Attribute("package", "string", "The package's name.", lambda one, _: one.package),
        Attribute(
            "installed",
            "string",
            "The version that is installed.",
            lambda one, _: said(one.installed, one),
        ),
        Attribute(
            "fixed",
            "string",
            "The versions with the fix; absent without one.",
            lambda one, _: said(one.fixed, one),
        ),
        Attribute(
            "severity",
            "string",
            "`critical`, `high`, `medium`, `low`, `info`.",
            lambda one, _: str(one.severity),
        ),
        Attribute("cvss", "double", "The highest CVSS score.", lambda one, _: one.cvss),
        Attribute("epss", "double", "The EPSS probability, 0 to 1.", lambda one, _: one.epss),
        Attribute(
            "exploited",
            "string",
            "Since which day it is known to be exploited.",
            lambda one, _: said(one.exploited, one),
        ),
        Attribute("kind", "string", "The package's type.", lambda one, _: said(one.kind, one)),
        Attribute("days", "int", "How many days ago it was published.", lambda one, _: one.days),
    ),
)
