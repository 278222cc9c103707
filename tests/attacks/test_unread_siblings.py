"""Another spelling, another name, another nesting: what is found in one form is found in its kin.

Each of these passed as examined, with nothing said.
"""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

Files = dict[str, str]
PIPE = "curl -sSL https://example.com/i.sh | sh"
RECIPE = f"FROM alpine:3.20\nRUN {PIPE}\n"
STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
IN_BUILDS: dict[str, Files] = {
    "a name without an ending, in compose": {
        "compose.yaml": "services:\n  a:\n    build: {context: ., dockerfile: recipe}\n",
        "recipe": RECIPE,
    },
    "a folder of names, in compose": {
        "compose.yaml": "services:\n  a:\n    build: {context: app, dockerfile: docker/llm}\n",
        "app/docker/llm": RECIPE,
    },
    "a name of its own, in a script": {
        "build.sh": "docker build -f docker/llm.docker -t a .\n",
        "docker/llm.docker": RECIPE,
    },
    "a name of its own, in a recipe": {
        "Makefile": "a:\n\tdocker buildx build --file=images/llm .\n",
        "images/llm": RECIPE,
    },
    "a name of its own, in a pipeline": {
        ".gitlab-ci.yml": "a:\n  script:\n  - docker build -f images/llm.txt .\n",
        "images/llm.txt": RECIPE,
    },
    "a name of its own, in a step": {
        ".github/workflows/a.yml": f"{STEPS}    - uses: docker/build-push-action@v6\n"
        "      with: {context: ., file: docker/llm}\n",
        "docker/llm": RECIPE,
    },
    "a name of its own, in an action": {
        "action.yml": "runs:\n  using: docker\n  image: Recipe\n",
        "Recipe": RECIPE,
    },
    "a name of its own, in a bake file": {
        "docker-bake.hcl": 'target "a" {\n  dockerfile = "docker/llm"\n}\n',
        "docker/llm": RECIPE,
    },
    "a name of its own, for an editor": {
        ".devcontainer/devcontainer.json": '{"build": {"dockerfile": "recipe"}}',
        ".devcontainer/recipe": RECIPE,
    },
    "a name of its own, for Skaffold": {
        "skaffold.yaml": "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n"
        "  - {image: a, docker: {dockerfile: docker/llm}}\n",
        "docker/llm": RECIPE,
    },
    "a here-document in a script": {"b.sh": f"docker build -t a - <<EOF\n{RECIPE}EOF\n"},
    "a here-document beside a context": {"b.sh": f"docker build -f- . <<'EOF'\n{RECIPE}EOF\n"},
    "a here-string": {"b.sh": f"docker build - <<< '{RECIPE}'\n"},
    "a here-document in a step": {
        ".github/workflows/a.yml": f"{STEPS}    - run: |\n        docker build - <<EOF\n"
        f"        FROM alpine:3.20\n        RUN {PIPE}\n        EOF\n",
    },
    "a text in a bake file": {
        "docker-bake.hcl": 'target "a" {\n  dockerfile-inline = '
        f'"FROM alpine:3.20\\nRUN echo $${{HOME}}; {PIPE}"\n}}\n',
    },
    "a here-document in a bake file": {
        "docker-bake.hcl": 'variable "V" { default = "3.20" }\ntarget "a" {\n'
        f"  dockerfile-inline = <<-EOT\n    FROM alpine:${{V}}\n    RUN {PIPE}\n  EOT\n}}\n",
    },
    "a text in a bake file in JSON": {
        "docker-bake.json": json.dumps({"target": {"a": {"dockerfile-inline": RECIPE}}}),
    },
}
RUN = "docker run --privileged registry.example.com/a:1"
ENGINE = "run --privileged registry.example.com/a:1"
RUNS: dict[str, Files] = {
    "a recipe whose failure counts nothing": {"Makefile": f"a:\n\t-{RUN}\n"},
    "a recipe that is not shown either": {"Makefile": f"a:\n\t@-{RUN}\n"},
    "a recipe behind its target": {"Makefile": f".PHONY: a\na: b;{RUN}\n"},
    "a recipe with another mark": {"Makefile": f".RECIPEPREFIX = >\na:\n> {RUN}\n"},
    "a program by a variable of make": {"Makefile": f"E ?= docker\na:\n\t$(E) {ENGINE}\n"},
    "a command by a variable of make": {
        "Makefile": "R = docker run --privileged\na:\n\t$(R) registry.example.com/a:1\n"
    },
    "a program by a variable": {"a.sh": f'E=docker\n"$E" {ENGINE}\n'},
    "a program by a default": {"a.sh": f"${{E:-docker}} {ENGINE}\n"},
    "a host that is handed commands": {"a.sh": f"ssh host <<EOF\n{RUN}\nEOF\n"},
    "a shell of a host": {"a.sh": f"ssh -p 22 host 'bash -s' <<'EOF'\n{RUN}\nEOF\n"},
    "a step of Slurm": {"a.sbatch": f"#!/bin/bash\nsrun -N 1 --gres gpu:1 {RUN}\n"},
    "a unit that is made for it": {"a.sh": f"systemd-run --user -p A=b {RUN}\n"},
}
RUNS_IN: dict[str, Files] = {
    "services in braces": {
        ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: b\n"
        "    services: {s: {image: 'a/b:latest'}}\n    steps: []\n",
    },
    "a job in braces": {".gitlab-ci.yml": "a: {image: 'a/b:latest', script: [c]}\n"},
    "services by name": {
        ".gitlab-ci.yml": "a:\n  script: [c]\n  services: [{name: 'a/b:latest'}]\n",
    },
}
UNKNOWN: dict[str, Files] = {
    "a variable of the shell": {"b.sh": f"docker build - <<EOF\nFROM a:$V\nRUN {PIPE}\nEOF\n"},
    "a variable of a bake file": {
        "docker-bake.hcl": 'target "a" {\n  dockerfile-inline = "FROM a:${V}"\n}\n'
    },
}


def examined(program: Program, here: Path, files: Files) -> dict[str, list[str]]:
    """The rules that find something in a folder, and what is said not to be examined."""
    for name, text in files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    answer = program("check", "--no-cache", "--format", "json")
    report = json.loads(answer.out)
    found: dict[str, list[str]] = {one["rule"]: [] for one in report["findings"]}
    return {**found, "problems": [one["detail"] for one in report["problems"]]}


@pytest.mark.parametrize("form", IN_BUILDS)
def test_whatever_a_build_is_given_is_read(program: Program, here: Path, form: str) -> None:
    assert "curl-pipe-shell" in examined(program, here, IN_BUILDS[form])


@pytest.mark.parametrize("form", RUNS)
def test_a_line_that_runs_a_container_is_read(program: Program, here: Path, form: str) -> None:
    assert "privileged-container" in examined(program, here, RUNS[form])


@pytest.mark.parametrize("form", RUNS_IN)
def test_what_a_pipeline_runs_in_is_read(program: Program, here: Path, form: str) -> None:
    assert "unpinned-image" in examined(program, here, RUNS_IN[form])


@pytest.mark.parametrize(
    "files",
    [
        {"Makefile": f"A = b: c; {RUN}\nd:\n\ttrue # {RUN}\n"},
        {"a.sh": f"ssh host cat <<EOF\n{RUN}\nEOF\n"},
        {"a.sh": f"echo docker\n$X running {ENGINE}\n"},
    ],
)
def test_what_runs_no_container_is_none(program: Program, here: Path, files: Files) -> None:
    assert "privileged-container" not in examined(program, here, files)


@pytest.mark.parametrize("name", ["Items", "objects"])
def test_objects_under_another_name_are_told(program: Program, here: Path, name: str) -> None:
    text = f"apiVersion: v1\nkind: List\n{name}:\n- " + indent(PRIVILEGED, "  ")[2:]
    assert "malformed-object" in examined(program, here, {"a.yaml": text})


def test_an_empty_list_is_one(program: Program, here: Path) -> None:
    found = examined(program, here, {"a.yaml": "apiVersion: v1\nkind: List\nmetadata: {}\n"})
    assert found == {"problems": []}


@pytest.mark.parametrize("form", UNKNOWN)
def test_what_depends_on_the_unknown_is_said(program: Program, here: Path, form: str) -> None:
    (problem,) = examined(program, here, UNKNOWN[form])["problems"]
    assert "not known here" in problem


def test_a_dockerfile_that_two_build_is_told_once(program: Program, here: Path) -> None:
    build = "docker build -f docker/llm .\n"
    files = {"a.sh": build, "b.sh": build, "c/d.sh": build, "docker/llm": RECIPE}
    examined(program, here, files)
    answer = program("check", "--no-cache", "--format", "json")
    rules = [one["rule"] for one in json.loads(answer.out)["findings"]]
    assert rules.count("curl-pipe-shell") == 1


SERVERS = """\
apiVersion: v1
kind: Service
metadata: {name: llm}
spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: llm, labels: {app: llm}}
spec: {containers: [{name: a, image: "vllm/vllm-openai:v0.30.0", args: [--model, a/b]}]}
"""
NGINX = "location / { proxy_pass http://llm; proxy_read_timeout TIME; }"
HAPROXY = "defaults\n  timeout server TIME\nbackend a\n  server a llm:80\n"
CADDY = """\
a.test {
  reverse_proxy llm:80 {
    transport http {
      read_timeout TIME
    }
  }
}
"""
TRAEFIK = """\
http:
  routers: {r: {rule: a, service: s}}
  services: {s: {loadBalancer: {servers: [{url: "http://llm:80"}], serversTransport: t}}}
  serversTransports: {t: {forwardingTimeouts: {responseHeaderTimeout: TIME}}}
"""


def held(kind: str, field: str, name: str, text: str) -> Files:
    """An object with a text as a file, beside a model server."""
    text = text.replace("TIME", "30s")
    body = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{field}:\n  {name}: |\n"
    return {"proxy.yaml": body + indent(text, "    "), "server.yaml": SERVERS}


def composed(text: str) -> Files:
    """A compose file with a text for its proxy."""
    body = "services:\n  gw: {image: a/nginx, configs: [n]}\nconfigs:\n  n:\n    content: |\n"
    return {"compose.yaml": body + indent(text, "      ")}


@pytest.mark.parametrize(
    "file", [("a", NGINX), ("b.cfg", HAPROXY), ("c.yml", TRAEFIK), ("Caddyfile", CADDY)]
)
@pytest.mark.parametrize(("kind", "field"), [("ConfigMap", "data"), ("Secret", "stringData")])
def test_a_proxy_is_read_whatever_holds_its_file(
    program: Program, here: Path, kind: str, field: str, file: tuple[str, str]
) -> None:
    assert "route-timeout-short" in examined(program, here, held(kind, field, *file))


PRIVILEGED = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: a/b, securityContext: {privileged: true}}]}
"""


@pytest.mark.parametrize("text", [PRIVILEGED, json.dumps(yaml.safe_load(PRIVILEGED))])
@pytest.mark.parametrize(("kind", "field"), [("ConfigMap", "data"), ("Secret", "stringData")])
def test_a_manifest_is_read_whatever_holds_its_text(
    program: Program, here: Path, kind: str, field: str, text: str
) -> None:
    assert "privileged-container" in examined(program, here, held(kind, field, "a", text))


TEMPLATES: dict[str, Files] = {
    "nginx": held("ConfigMap", "data", "a", NGINX.replace("TIME", "{{ t }}")),
    "nginx, in blocks": held("ConfigMap", "data", "a", f"{{% if a %}}\n{NGINX}\n{{% endif %}}"),
    "HAProxy": held("ConfigMap", "data", "a", HAPROXY.replace("TIME", "{{ t }}")),
    "HAProxy, in blocks": held("ConfigMap", "data", "a", f"{HAPROXY}{{% if a %}}\n{{% endif %}}"),
    "Traefik": held("ConfigMap", "data", "a.yml", f"{TRAEFIK}{{{{ range .a }}}}\n- {{{{ end }}}}"),
    "a file of HAProxy": {"haproxy.cfg": HAPROXY.replace("TIME", "{{ t }}")},
    "Caddy": held("ConfigMap", "data", "Caddyfile", f"{{{{ t }}}} {CADDY}"),
    "a Caddyfile": {"Caddyfile": f"{{% if a %}}\n{CADDY}{{% endif %}}"},
    "a file for Jinja": {"a.conf.j2": NGINX.replace("TIME", "{{ t }}")},
    "compose": composed(NGINX.replace("TIME", "{{ t }}")),
}
BROKEN: dict[str, Files] = {
    "Caddy in a Secret": held("Secret", "stringData", "Caddyfile", f"{CADDY}}}"),
    "nginx in compose": composed(f"{NGINX} }}"),
    "Traefik": held("ConfigMap", "data", "a.yml", f"{TRAEFIK}a: ["),
}


@pytest.mark.parametrize("form", TEMPLATES)
def test_what_is_filled_in_later_is_said(program: Program, here: Path, form: str) -> None:
    (problem,) = examined(program, here, TEMPLATES[form])["problems"]
    assert "this is a template" in problem


@pytest.mark.parametrize("form", BROKEN)
def test_what_a_proxy_would_refuse_is_said(program: Program, here: Path, form: str) -> None:
    (problem,) = examined(program, here, BROKEN[form])["problems"]
    assert "read" in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a", f"{NGINX} # {{{{ not filled in }}}}\n"),
        ("a", f"{HAPROXY}# {{{{ not filled in }}}}\n"),
        ("a", f"{HAPROXY}  http-request deny if {{ path /a }}\n  log-format {{%ci}}\n"),
        ("a.yml", f"{TRAEFIK}# {{{{ not filled in }}}}\n"),
    ],
)
def test_braces_that_mean_nothing_hide_nothing(
    program: Program, here: Path, name: str, text: str
) -> None:
    found = examined(program, here, held("ConfigMap", "data", name, text))
    assert "route-timeout-short" in found
    assert found["problems"] == []


@pytest.mark.parametrize(
    "extends", ["{file: '${F}', service: b}", "{file: c.yml, service: '${B}'}", "'${B}'"]
)
def test_what_a_service_extends_is_not_passed_over(
    program: Program, here: Path, extends: str
) -> None:
    files = {
        "compose.yaml": f"services:\n  a:\n    extends: {extends}\n",
        "c.yml": "services: {}\n",
    }
    (problem,) = examined(program, here, files)["problems"]
    assert "depends on a variable" in problem


CHART = "apiVersion: v2\nname: NAME\nversion: 0.1.0\n"
DEPENDING = f"{CHART}dependencies: [{{name: cache, version: 0.1.0, condition: cache.enabled}}]\n"


def chart(chart: str = DEPENDING, **files: str) -> Files:
    """A chart with a template, and further files, whose names have a dot for an underscore."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return {"Chart.yaml": chart, "values.yaml": "", "templates/a.yaml": PRIVILEGED, **named}


@pytest.mark.parametrize(
    "files",
    [
        chart(),
        chart(values_yaml="cache: {enabled: true}\n"),
        chart(values_yaml="cache: {enabled: false}\n")
        | {"values-b.yaml": "cache: {enabled: true}\n"},
        chart(CHART.replace("v2", "v1"), requirements_yaml="dependencies: [{name: cache}]\n"),
        chart(charts__other__Chart_yaml=CHART.replace("NAME", "other")),
        chart(CHART, charts__b__Chart_yaml=DEPENDING),
    ],
)
def test_a_chart_that_is_not_there_is_said(program: Program, here: Path, files: Files) -> None:
    found = examined(program, here, files)
    assert "privileged-container" in found
    (problem,) = found["problems"]
    assert "its dependency `cache`" in problem


@pytest.mark.parametrize(
    "files",
    [
        chart(CHART),
        chart(charts__any__Chart_yaml=CHART.replace("NAME", "cache")),
        chart(values_yaml="cache: {enabled: false}\n"),
    ],
)
def test_a_chart_that_is_there_is_not(program: Program, here: Path, files: Files) -> None:
    assert examined(program, here, files)["problems"] == []


@pytest.mark.parametrize("name", ["base", "base.txt", "deps/base.list"])
def test_what_requirements_include_is_read(program: Program, here: Path, name: str) -> None:
    files = {"requirements.txt": f"-r {name}\n", name: "torch\n-r ../requirements.txt\n-r base\n"}
    assert "unpinned-requirement" in examined(program, here, files)


def test_what_they_include_from_there_is_read_once(program: Program, here: Path) -> None:
    files = {"requirements.txt": "-r a\n-r b\n", "a": "-r c/d\n", "b": "-r c/d\n", "c/d": "torch\n"}
    examined(program, here, files)
    report = json.loads(program("check", "--no-cache", "--format", "json").out)
    assert [one["location"]["origin"] for one in report["findings"]] == ["c/d"]


@pytest.mark.parametrize("name", ["https://example.com/a.txt", "${B}.txt"])
def test_what_cannot_be_read_of_it_is_said(program: Program, here: Path, name: str) -> None:
    (problem,) = examined(program, here, {"requirements.txt": f"-r {name}\n"})["problems"]
    assert "is included and was not examined" in problem
    assert examined(program, here, {"requirements.txt": f"-c {name}\n"})["problems"] == []
