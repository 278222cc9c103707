"""Stand-ins for scanners that are not at hand: programs that answer as the sources of theirs say.

They look at what they are given as the real ones would: Grype's reads its configuration and the
image of the layout, OSV-Scanner's the bill of materials. What they report is theirs to say.
"""

from __future__ import annotations

import json
from typing import Any


def grype(version: str = "0.116.0", then: str = "", **said: Any) -> str:
    """The text of a program in Python; `said` are parts of the report, `then` what comes before."""
    return f"""
import hashlib, json
SAID = json.loads({json.dumps(json.dumps(said))})
if sys.argv[1:] == ["version", "--output", "json"]:
    print(json.dumps({{"application": "grype", "version": {version!r}}}))
    sys.exit()
{then}
asked = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
kind, _, place = sys.argv[-1].partition(":")
identity, manifest = "", ""
if kind == "oci-dir":
    entry = json.load(open(f"{{place}}/index.json"))["manifests"][0]
    manifest = entry["digest"]
    blob = lambda digest: json.load(open(f"{{place}}/blobs/sha256/{{digest.partition(':')[2]}}"))
    identity = blob(manifest)["config"]["digest"]
image = {{"userInput": place, "imageID": identity, "manifestDigest": manifest, "repoDigests": []}}
source = {{"type": "image", "target": image}}
if kind == "sbom":
    json.load(open(place))
    source = {{"type": "sbom-file", "target": place}}
state = {{"schemaVersion": "v6.1.9", "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    "path": asked["db"]["cache-dir"], "valid": True}}
report = {{"matches": [], "source": source, "distro": {{"name": "alpine", "version": "3.22.1"}},
    "descriptor": {{"name": "grype", "version": {version!r}, "db": {{"status": state}}}}, **SAID}}
print(json.dumps(report))
"""


def match(id_: str, package: str, installed: str, fixed: str = "", **more: Any) -> dict[str, Any]:
    """One match of Grype, of a Python package unless `more` says another type."""
    severity, related = more.pop("severity", "High"), more.pop("related", ())
    return {
        "vulnerability": {
            "id": id_,
            "severity": severity,
            "dataSource": f"https://example.com/{id_}",
            "description": f"made up {id_}",
            "fix": {
                "versions": [fixed] if fixed else [],
                "state": "fixed" if fixed else "not-fixed",
            },
        },
        "relatedVulnerabilities": [{"id": one} for one in related],
        "matchDetails": [],
        "artifact": {
            "name": package,
            "version": installed,
            "type": "python",
            "purl": f"pkg:pypi/{package}@{installed}",
            "locations": [{"path": f"/usr/lib/{package}", "layerID": ""}],
            **more,
        },
    }


def osv(
    records: dict[str, list[dict[str, Any]]], version: str = "2.5.0", code: int | None = None
) -> str:
    """The text of a program in Python that lists what the bill does, with records by package."""
    return f"""
import json
RECORDS = json.loads({json.dumps(json.dumps(records))})
if sys.argv[1:] == ["--version"]:
    print("osv-scanner version: {version}\\nosv-scalibr version: 0.5.0\\ncommit: n/a")
    sys.exit()
bill = json.load(open(sys.argv[sys.argv.index("--lockfile") + 1]))
kinds = {{"pypi": "PyPI", "apk": "Alpine:v3.22", "deb": "Debian:12"}}
packages = []
for one in bill.get("components", ()):
    kind = kinds.get(one.get("purl", "").partition("/")[0].removeprefix("pkg:"))
    if kind:
        package = {{"name": one["name"], "version": one["version"], "ecosystem": kind}}
        found = RECORDS.get(one["name"], [])
        groups = [{{"ids": [each["id"]], "max_severity": "8.8"}} for each in found]
        packages.append({{"package": package, "vulnerabilities": found, "groups": groups}})
source = {{"path": "bill.cdx.json", "type": "sbom"}}
print(json.dumps({{"results": [{{"source": source, "packages": packages}}]}}))
found = int(any(one["vulnerabilities"] for one in packages))
sys.exit({"found" if code is None else code})
"""


def record(id_: str, package: str, fixed: str = "", **more: Any) -> dict[str, Any]:
    """One record of OSV about a Python package."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    about = {"package": {"name": package, "ecosystem": "PyPI"}}
    return {
        "id": id_,
        "summary": f"made up {id_}",
        "affected": [{**about, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
        **more,
    }
