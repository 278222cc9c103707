"""Tests of what is said about a document that stands in another one."""

from __future__ import annotations

from imagelint.core.finding import Note
from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.engine.embedded import relocated
from tests.engine.findings import finding

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: jobs}
data:
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata: {name: inner}
    spec: {containers: [{name: a, image: 'nginx:1.29.1'}]}
"""


def test_a_note_about_another_file_stays_there() -> None:
    outer = parse_manifest(Source("a.yaml", TEXT))
    (embedded,) = outer.embedded
    here = finding(origin=embedded.document.source.origin)
    there = finding(span=(9_000, 9_004), origin="b.yaml").location
    told = here._replace(notes=(Note("elsewhere", there), Note("here", here.location)))
    (moved,) = relocated(Report(findings=(told,)), embedded, outer).findings
    assert moved.notes[0].location == there
    assert moved.notes[1].location == moved.location
    assert moved.location.start.line == 6
