from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.pattern import pattern
from imagelint.core.source import Source
from imagelint.core.subject import About
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.detect import candidate, detect, parse
from imagelint.documents.kinds import KINDS, Kind, about
from imagelint.documents.project import Project
from imagelint.engine.decide import Expected
from imagelint.engine.examine import Examination
from imagelint.policy.model import Policy
from imagelint.rules.families import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator

# A text of each kind that can be read from one.
TEXTS = {
    "policy": "name: a\n",
    "ignore": ".git\n",
    "requirements": "a==1\n",
    "dockerfile": "FROM a\n",
    "kubernetes": "apiVersion: v1\nkind: Pod\n",
    "kustomization": "resources: [pod.yaml]\n",
    "chart": "name: llm\n",
    "helmfile": "releases: [{name: a, chart: ./a}]\n",
    "json-patch": "[{op: remove, path: /spec}]\n",
    "nginx": "location / { proxy_pass http://a; }\n",
    "haproxy": "backend a\n  server b c:1\n",
    "traefik": "http: {services: {a: {loadBalancer: {servers: []}}}}\n",
    "compose": "services: {}\n",
    "bake": 'target "a" {}\n',
    "dotenv": "A=1\n",
    "values": "image: {}\n",
    "prometheus-rules": "groups: [{rules: [{expr: up}]}]\n",
    "prometheus": "scrape_configs: [{job_name: llm}]\n",
    "dashboard": '{"panels": [{"expr": "up"}]}',
    "vulnerabilities": '{"SchemaVersion": 2, "ArtifactType": "container_image"}',
    "evaluation-plan": "dimensions: {a: {threshold: 1}}\n",
    "evaluation": (
        '{"subject": [{"digest": {"sha256": "' + "a" * 64 + '"}}],'
        ' "predicateType": "https://in-toto.io/attestation/test-result/v0.1",'
        ' "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {}}}'
    ),
    "scorecard": '{"schema": "imagelint.scorecard/1", "signals": [{"score": 1}]}',
    "signatures": '{"image": "a", "checks": []}',
    "shell-script": "docker run a\n",
    "makefile": "a:\n\tdocker run a\n",
    "systemd-unit": "[Service]\nExecStart=docker run a\n",
    "workflow": "jobs: {a: {steps: [{run: docker run a}]}}\n",
    "skaffold": "apiVersion: skaffold/v4beta13\nkind: Config\n",
    "markdown": "```Dockerfile\nFROM a\n```\n",
    "text": "good morning\n",
}


class Unit(Document):
    """A kind of document that is not in the table."""

    kind = "unit"
    __slots__ = ()


def subclasses(kind: type[Document]) -> Iterator[type[Document]]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_every_kind_of_document_is_in_the_table() -> None:
    for name, text in TEXTS.items():
        parse(Source("a", text), name)
    ours = {found for found in subclasses(Document) if found.__module__.startswith("imagelint.")}
    kinds = {found.kind for found in ours} - {""}  # what several kinds have in common
    assert kinds | {"template", "image"} == set(KINDS)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_a_kind_reads_is_of_that_kind(name: str) -> None:
    assert parse(Source("a", TEXTS[name]), name).kind == name
    assert set(TEXTS) == set(KINDS) - {"template", "image"}


def test_a_template_is_refused_at_its_first_block() -> None:
    with pytest.raises(DocumentError, match="rendered") as caught:
        parse(Source("a", "a: 1\n{{- if b }}\n"), "template")
    assert caught.value.span == (5, 5)
    assert "helm template" in caught.value.help


def test_families_name_kinds_that_there_are() -> None:
    assert {family.judges for family in FAMILIES.values()} - {""} <= set(KINDS)


def test_a_kind_that_is_not_in_the_table_is_a_file_that_was_examined() -> None:
    assert about("unit") is About.FILE
    report = Examination(Policy())(Unit(Source("a.service", "x")), Project())
    assert Expected("file", About.FILE).met_by(report.examined[0])


def test_a_kind_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    path = pattern(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml")
    workflow = Kind("policyfile:PolicyFile", path=path, most_lines=2)
    monkeypatch.setitem(KINDS, "workflow", workflow)
    assert candidate("a/.github/workflows/build.yml")
    assert detect("a/.github/workflows/build.yml", "on: push\n") == "workflow"
    assert detect("build.yml", "on: push\n") == ""
    assert parse(Source("a", "on: push\n"), "workflow").source.text == "on: push\n"
    with pytest.raises(DocumentError, match="more than 2 are not examined"):
        parse(Source("a", "\n\n\n"), "workflow")


def test_only_what_is_about_files_meets_the_wish_for_a_file() -> None:
    files = {"compose", "dockerfile", "ignore", "kubernetes", "requirements", "template", "text"}
    files |= {"bake", "evaluation-plan", "chart", "dotenv", "json-patch", "kustomization", "values"}
    files |= {"dashboard", "helmfile", "prometheus", "prometheus-rules", "scorecard"}
    files |= {"haproxy", "nginx", "traefik"}
    files |= {"makefile", "markdown", "shell-script", "skaffold", "systemd-unit", "workflow"}
    assert {name for name in KINDS if about(name) is About.FILE} == files
