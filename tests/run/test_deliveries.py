"""Charts that Argo CD, Flux and helmfile deploy are rendered with the values that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.renderers import LIBRARIES
from tests.run.test_charts import VALUES, chart
from tests.run.test_kustomizations import Said, check

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

TEMPLATE = Said("llm/templates/deployment.yaml", 15, "tp-vs-gpus")
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: big}
spec:
  source:
    repoURL: https://git.example.com/team/deploy
    path: llm
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: big}
spec:
  chart: {spec: {chart: llm, sourceRef: {kind: GitRepository, name: deploy}}}
"""
SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators: [{git: {files: [{path: "envs/*.yaml"}]}}]
  template:
    metadata: {name: 'llm-{{path.filename}}'}
    spec:
      source:
        path: llm
        helm: {parameters: [{name: tensorParallel, value: '{{gpus.each}}'}]}
"""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, whatever programs there are."""
    assert (LIBRARIES / "helm_python").is_dir(), "run `make tools`"
    monkeypatch.syspath_prepend(str(LIBRARIES))


@pytest.fixture
def repository(here: Path) -> Path:
    """The root of a repository, with a chart without faults."""
    (here / ".git").mkdir()
    chart(here)
    return here


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"apps/big.yaml": f"{APPLICATION}    helm: {{valuesObject: {{tensorParallel: 4}}}}\n"},
            ("the Application `big` of `apps/big.yaml`", "apps/big.yaml:8:27"),
        ),
        (
            {
                "apps/big.yaml": f"{APPLICATION}    helm:\n      values: |\n"
                "        # many\n        tensorParallel: 4\n"
            },
            ("the Application `big` of `apps/big.yaml`", "apps/big.yaml:11:9"),
        ),
        (
            {
                "apps/big.yaml": f"{APPLICATION}    helm: {{valueFiles: [../envs/big.yaml]}}\n",
                "envs/big.yaml": "tensorParallel: 4\n",
            },
            ("the Application `big` of `apps/big.yaml`", "envs/big.yaml:1:1"),
        ),
        (
            {"a.yaml": SET, "envs/a.yaml": "gpus: {each: 4}\n"},
            ("the ApplicationSet `all` of `a.yaml`", "a.yaml:11:59"),
        ),
        (
            {"flux/big.yaml": f"{RELEASE}  values: {{tensorParallel: 4}}\n"},
            ("the HelmRelease `big` of `flux/big.yaml`", "flux/big.yaml:6:12"),
        ),
        (
            {
                "flux/big.yaml": f"{RELEASE}  valuesFrom: [{{kind: ConfigMap, name: shared}}]\n",
                "flux/shared.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n"
                "data:\n  values.yaml: |\n    tensorParallel: 4\n",
            },
            ("the HelmRelease `big` of `flux/big.yaml`", "flux/shared.yaml:6:5"),
        ),
        (
            {
                "helmfile.yaml": "releases:\n  - name: big\n    chart: ./llm\n"
                "    set: [{name: tensorParallel, value: 4}]\n"
            },
            ("the release `big` of `helmfile.yaml`", "helmfile.yaml:4:41"),
        ),
    ],
)
def test_a_chart_is_rendered_with_the_values_that_it_is_given(
    repository: Path, program: Program, engine: None, files: dict[str, str], told: tuple[str, str]
) -> None:
    write(repository, files)
    maker, place = told
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 1, answer.out + answer.err
    assert answer.out.count("high[tp-vs-gpus]") == 1
    assert f" --> {TEMPLATE.file}:{TEMPLATE.line}:" in answer.out
    assert f"in what {maker} makes" in answer.out
    assert f" --> {place}\n" in answer.out
    assert "`.Values.tensorParallel` is set here" in answer.out


def test_what_it_mends_is_told_of_the_bare_chart_alone(
    repository: Path, program: Program, engine: None
) -> None:
    chart(repository, values=VALUES.replace("Parallel: 2", "Parallel: 4"))
    write(
        repository, {"a.yaml": f"{APPLICATION}    helm: {{valuesObject: {{tensorParallel: 2}}}}\n"}
    )
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert "in what `llm/Chart.yaml` makes" in answer.out
    assert "Application" not in answer.out


def test_objects_are_called_as_they_are_deployed(
    repository: Path, program: Program, engine: None
) -> None:
    image = "{{ .Release.Name }}/{{ .Release.Namespace }}"
    pod = f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{name: a, image: {image}}}]}}\n"
    chart(repository, templates__pod=pod)
    write(repository, {"a.yaml": APPLICATION + "  destination: {namespace: serving}\n"})
    answer = program("check", "--no-cache", "--only", "unpinned-image", ".")
    assert "`big/serving` has no tag" in answer.out


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"a.yaml": APPLICATION.replace("path: llm", "path: elsewhere")},
            "`elsewhere` of https://git.example.com/team/deploy is not in this repository",
        ),
        (
            {"a.yaml": APPLICATION.replace("path: llm", "path: ../../etc")},
            "`../../etc` of https://git.example.com/team/deploy is not in this repository",
        ),
        (
            {"a.yaml": APPLICATION.replace("path: llm", "chart: vllm")},
            "the chart `vllm` of https://git.example.com/team/deploy is not in this repository",
        ),
        (
            {"a.yaml": f"{APPLICATION}    helm: {{valueFiles: [none.yaml]}}\n"},
            "its values `none.yaml` are not there",
        ),
        (
            {"a.yaml": f"{APPLICATION}    helm: {{valueFiles: [../../../etc/passwd]}}\n"},
            "its values `../../../etc/passwd` are not there",
        ),
        (
            {"a.yaml": f"{RELEASE}  valuesFrom: [{{kind: Secret, name: s}}]\n"},
            "the values in the Secret `s` are not known here",
        ),
        (
            {
                "a.yaml": APPLICATION.replace("path: llm", "path: base")
                + "    kustomize: {namePrefix: a-}\n",
                "base/pod.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            },
            "`base` holds no kustomization that could be changed",
        ),
        (
            {
                "a.yaml": APPLICATION.replace("path: llm", "path: base")
                + "    directory: {jsonnet: {tlas: []}}\n",
                "base/pod.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            },
            "Jsonnet makes what it deploys",
        ),
        (
            {"helmfile.yaml": "releases: [{name: a, chart: stable/vllm}]\n"},
            "the chart `stable/vllm` is not in this repository",
        ),
    ],
)
def test_what_is_not_followed_is_told_at_its_place(
    repository: Path, program: Program, engine: None, files: dict[str, str], told: str
) -> None:
    write(repository, files)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3, answer.out + answer.err
    assert f"deploys is not examined: {told}" in answer.out
    assert "problem[unreadable]" in answer.out


def test_a_value_that_a_chart_requires_is_told_in_its_words(
    repository: Path, program: Program, engine: None
) -> None:
    chart(repository, templates__map='a: {{ required "say a" .Values.a }}\n')
    write(repository, {"apps/big.yaml": APPLICATION})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert (
        "what the Application `big` deploys is not examined: helm does not render it" in answer.out
    )
    assert "say a" in answer.out


def test_optional_values_need_not_be_there(
    repository: Path, program: Program, engine: None
) -> None:
    helm = "    helm: {ignoreMissingValueFiles: true, valueFiles: [none.yaml]}\n"
    write(repository, {"a.yaml": APPLICATION + helm})
    assert check(program, "tp-vs-gpus", code=0) == []


def test_folders_of_a_set_are_those_of_the_repository(
    repository: Path, program: Program, engine: None
) -> None:
    values = "resources: {limits: {nvidia.com/gpu: 1}}\n"
    chart(repository, values=f"image: {{repository: vllm/vllm-openai, tag: v0.30.0}}\n{values}")
    (repository / "charts").mkdir()
    (repository / "llm").rename(repository / "charts" / "one")
    given = SET.replace('files: [{path: "envs/*.yaml"}]', 'directories: [{path: "charts/*"}]')
    given = given.replace("path: llm", "path: '{{path}}'").replace("'{{gpus.each}}'", "'2'")
    write(repository, {"apps/set.yaml": given})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert "in what the ApplicationSet `all` of `apps/set.yaml` makes" in answer.out


def test_a_chart_that_hands_on_is_told(repository: Path, program: Program, engine: None) -> None:
    chart(repository, templates__app=APPLICATION)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    told = "what the Application that `templates/app.yaml` makes deploys is not examined"
    assert told in answer.out


def test_without_an_engine_each_is_told(
    repository: Path, program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("imagelint.render.helm._packages", str)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    write(repository, {"a.yaml": APPLICATION})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert "deploys is not examined: nothing here can render charts" in answer.out


def test_a_chart_beyond_the_examined_folder_is_rendered(
    repository: Path, program: Program, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = "    helm: {valuesObject: {tensorParallel: 4}}\n"
    write(repository, {"apps/big.yaml": APPLICATION + helm})
    monkeypatch.chdir(repository / "apps")
    (one,) = check(program, "tp-vs-gpus")
    assert one == TEMPLATE._replace(file=f"../{TEMPLATE.file}")


def no_engine(*_: object) -> None:
    raise AssertionError("an engine was started")


def test_what_was_rendered_is_not_rendered_again(
    repository: Path, program: Program, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = "    helm: {valuesObject: {tensorParallel: 4}}\n"
    write(repository, {"apps/big.yaml": APPLICATION + values})
    words = ("check", "--format", "concise", "--only", "tp-vs-gpus", ".")
    first = program(*words)
    assert "tensor parallel 4" in first.out
    with monkeypatch.context() as patch:
        patch.setattr("imagelint.render.helm.run", no_engine)
        assert program(*words).out == first.out
    write(repository, {"apps/big.yaml": APPLICATION + values.replace("4", "8")})
    assert "tensor parallel 8" in program(*words).out
    chart(repository, values=VALUES.replace("gpu: 2", "gpu: 8"))
    assert "tensor parallel 8" not in program(*words).out


def test_who_looks_at_what_is_rendered_is_judged_anew_with_it(
    repository: Path, program: Program, engine: None
) -> None:
    pod = (
        "{{- with .Values.app }}\napiVersion: v1\nkind: Pod\n"
        "metadata: {name: a, labels: {app: {{ . }} }}\n"
        "spec: {containers: [{name: a, image: 'a:1'}]}\n{{- end }}\n"
    )
    chart(repository, values=f"{VALUES}app: llm\n", templates__pod=pod)
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
    write(repository, {"a.yaml": f"{service}spec: {{selector: {{app: llm}}, ports: []}}\n"})
    words = ("check", "--closed", "--format", "concise", "--only", "selector-without-match", ".")
    assert "selector-without-match" not in program(*words).out
    assert "selector-without-match" not in program(*words).out
    chart(repository, values=f"{VALUES}app: other\n")
    assert "a.yaml:4:" in program(*words).out


SERVER = "image: {repository: vllm/vllm-openai, tag: v0.30.0}\n"
UNUSED = "these values start a model server, and no chart is here that is rendered with them"


def test_values_that_no_chart_here_is_rendered_with_were_not_examined(
    repository: Path, program: Program, engine: None
) -> None:
    write(repository, {"envs/values-prod.yaml": SERVER})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert f"problem[unreadable]: {UNUSED}\n --> envs/values-prod.yaml\n" in answer.out


@pytest.mark.parametrize(
    "files",
    [
        {"llm/values-prod.yaml": SERVER},
        {"llm/ci/values-prod.yaml": SERVER},
        {"envs/values-web.yaml": "image: {repository: nginx, tag: '1.29'}\nreplicas: 2\n"},
        {"envs/values-off.yaml": "limits: {nvidia.com/gpu: 0}\nimage:\n"},
        {
            "envs/values-prod.yaml": SERVER,
            "a.yaml": f"{APPLICATION}    helm: {{valueFiles: [../envs/values-prod.yaml]}}\n",
        },
    ],
)
def test_values_that_are_rendered_or_start_no_server_are_no_problem(
    repository: Path, program: Program, engine: None, files: dict[str, str]
) -> None:
    write(repository, files)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert (answer.code, UNUSED in answer.out) == (0, False), answer.out


def test_values_that_ask_for_accelerators_start_a_server(
    here: Path, program: Program, engine: None
) -> None:
    text = "resources:\n  limits: {nvidia.com/gpu: 2}\n"
    write(here, {"values.yaml": text})
    answer = program("check", "--no-cache", ".")
    assert answer.code == 3
    assert f"{UNUSED}\n --> values.yaml:2:28\n" in answer.out
