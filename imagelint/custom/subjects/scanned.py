"""Subjects of scans of images."""

from __future__ import annotations

from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.shared import said
from imagelint.documents.image.vulnerabilities import Vulnerability

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
