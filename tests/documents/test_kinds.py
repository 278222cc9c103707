from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.pattern import pattern
from imagelint.core.source import Source
from imagelint.core.subject import About
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.detect import candidate, detect, parse
from imagelint.documents.kinds import KINDS, Kind, about, of_another_tool
from imagelint.documents.plaintext import PlainText
from imagelint.documents.project import Project
from imagelint.engine.decide import Expected
from imagelint.engine.examine import Examination
from imagelint.policy.model import Policy
from imagelint.rules.families import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator

# A file of each kind that can be read from one: the least that its name and text tell.
FILES = {
    "policy": (".imagelint.yaml", "name: a\n"),
    "ignore": (".dockerignore", ".git\n"),
    "requirements": ("requirements.txt", "a==1\n"),
    "dockerfile": ("Dockerfile", "FROM a\n"),
    "kubernetes": ("pod.yaml", "apiVersion: v1\nkind: Pod\n"),
    "kustomization": ("kustomization.yaml", "resources: [pod.yaml]\n"),
    "chart": ("Chart.yaml", "name: llm\n"),
    "helmfile": ("helmfile.yaml", "releases: [{name: a, chart: ./a}]\n"),
    "json-patch": ("patch.yaml", "- {op: remove, path: /spec}\n"),
    "nginx": ("nginx.conf", "http { server { location / { proxy_pass http://a; } } }\n"),
    "haproxy": ("haproxy.cfg", "backend a\n  server b c:1\n"),
    "caddy": ("Caddyfile", "llm.example.com {\n  reverse_proxy vllm:8000\n}\n"),
    "traefik": ("dynamic.yaml", "http: {services: {a: {loadBalancer: {servers: [{url: b}]}}}}\n"),
    "litellm": ("config.yaml", "model_list:\n- {model_name: a, litellm_params: {model: b/c}}\n"),
    "compose": ("compose.yaml", "services: {}\n"),
    "bake": ("docker-bake.hcl", 'target "a" {}\n'),
    "dotenv": (".env", "A=1\n"),
    "values": ("values.yaml", "image: {}\n"),
    "prometheus-rules": ("rules.yaml", "groups: [{rules: [{alert: A, expr: up}]}]\n"),
    "prometheus": ("prometheus.yml", "scrape_configs:\n- job_name: llm\n"),
    "dashboard": ("dashboard.json", '{"panels": [{"targets": [{"expr": "up"}]}], "title": "a"}'),
    "vulnerabilities": ("a.json", '{"SchemaVersion": 2, "ArtifactType": "container_image"}'),
    "evaluation-plan": ("imagelint-eval.yaml", "dimensions: {a: {threshold: 1}}\n"),
    "evaluation": (
        "a.json",
        '{"subject": [{"digest": {"sha256": "' + "a" * 64 + '"}}],'
        ' "predicateType": "https://in-toto.io/attestation/test-result/v0.1",'
        ' "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {}}}',
    ),
    "scorecard": ("a.json", '{"schema": "imagelint.scorecard/1", "signals": [{"score": 1}]}'),
    "signatures": ("a.json", '{"image": "a", "checks": []}'),
    "shell-script": ("start.sh", "docker run a\n"),
    "makefile": ("Makefile", "a:\n\tdocker run a\n"),
    "systemd-unit": ("a.service", "[Service]\nExecStart=docker run a\n"),
    "workflow": (".github/workflows/a.yml", "jobs: {a: {steps: [{run: docker run a}]}}\n"),
    "devcontainer": (".devcontainer/devcontainer.json", '{"image": "a:1"} // b\n'),
    "skaffold": ("skaffold.yaml", "apiVersion: skaffold/v4beta13\nkind: Config\n"),
    "markdown": ("README.md", "```Dockerfile\nFROM a\n```\n"),
}
# What is a document because somebody names it, a template, and what registries say.
UNRECOGNISED = {"text", "template", "image"}
# Files are examined when they lie in a folder; these only when they are named.
NAMED = {"markdown"}


class Unit(Document):
    """A kind of document that is not in the table."""

    kind = "unit"
    __slots__ = ()


def subclasses(kind: type[Document]) -> Iterator[type[Document]]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_every_kind_of_document_is_in_the_table() -> None:
    for name, (_, text) in FILES.items():
        parse(Source("a", text), name)
    PlainText(Source("a", "b"))
    ours = {found for found in subclasses(Document) if found.__module__.startswith("imagelint.")}
    kinds = {found.kind for found in ours} - {""}  # what several kinds have in common
    missing = kinds - set(KINDS)
    assert not missing, f"{missing}: an entry in KINDS of imagelint/documents/kinds.py for each"
    unused = set(KINDS) - kinds - {"template", "image"}
    assert not unused, f"{unused}: no document has this `kind`"


def test_every_kind_has_a_file_that_is_recognised() -> None:
    missing = set(KINDS) - set(FILES) - UNRECOGNISED
    assert not missing, f"{missing}: a line in FILES of {__file__} with the least that is one"


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_recognised_and_read_as_its_kind(name: str) -> None:
    origin, text = FILES[name]
    assert detect(origin, text) == name, (
        "`path` of its entry in KINDS tells it, or a function of documents/detect.py does"
    )
    assert candidate(origin) is (name not in NAMED), "`candidate` of documents/detect.py"
    assert parse(Source(origin, text), name).kind == name


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_kind_is_taken_for_a_file_of_another_tool(name: str) -> None:
    assert not of_another_tool(*FILES[name]), "_OTHER_TOOLS or _OF_OTHERS of documents/kinds.py"


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
    others = {"policy", "vulnerabilities", "signatures", "evaluation", "image"}
    assert {name for name in KINDS if about(name) is not About.FILE} == others, (
        "`about` of its entry in KINDS: `gate` counts by it what was examined"
    )
