"""Folders that Flux and Argo CD deploy with changes are built with these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.renderers import LIBRARIES
from tests.run.test_deliveries import write
from tests.run.test_kustomizations import Said, check

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata: {labels: {app: llm}}
    spec:
      containers:
        - name: server
          image: vllm/vllm-openai:v0.30.0
          args: ["--model", "/m", "--tensor-parallel-size=${GPUS:=2}"]
          resources: {limits: {nvidia.com/gpu: 2}}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: prod}
spec:
  path: ./app
  sourceRef: {kind: GitRepository, name: deploy}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prod}
spec:
  source:
    repoURL: https://git.example.com/team/deploy
    path: app
    kustomize:
"""
PATCH = """\
  patches:
    - target: {kind: Deployment}
      patch: |
        - op: replace
          path: /spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu
          value: 3
"""
COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images: [{name: vllm/vllm-openai, newTag: latest}]
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {GPUS: '4'}\n"
BUILT = {"app/kustomization.yaml": "resources: [deployment.yaml]\n"}
ARGUMENT = Said("app/deployment.yaml", 12, "tp-vs-gpus")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, whatever programs there are."""
    assert (LIBRARIES / "pykustomize").is_dir(), "run `make tools`"
    monkeypatch.syspath_prepend(str(LIBRARIES))


@pytest.fixture
def repository(here: Path) -> Path:
    """The root of a repository, with a folder that is deployed."""
    (here / ".git").mkdir()
    write(here, {"app/deployment.yaml": DEPLOYMENT})
    return here


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"f.yaml": FLUX + '  postBuild: {substitute: {GPUS: "4"}}\n'}, ARGUMENT),
        ({**BUILT, "f.yaml": FLUX + '  postBuild: {substitute: {GPUS: "4"}}\n'}, ARGUMENT),
        (
            {
                "f.yaml": FLUX
                + "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n",
                "settings.yaml": SETTINGS,
            },
            ARGUMENT,
        ),
        (
            {**BUILT, "f.yaml": FLUX + "  images: [{name: vllm/vllm-openai, newTag: latest}]\n"},
            Said("f.yaml", 7, "unpinned-image"),
        ),
        (
            {**BUILT, "a.yaml": ARGO + '      images: ["vllm/vllm-openai:latest"]\n'},
            Said("a.yaml", 9, "unpinned-image"),
        ),
        (
            {
                **BUILT,
                "f.yaml": FLUX + "  components: [../parts/newest]\n",
                "parts/newest/kustomization.yaml": COMPONENT,
            },
            Said("parts/newest/kustomization.yaml", 3, "unpinned-image"),
        ),
    ],
)
def test_what_is_changed_is_judged_where_it_is_written(
    repository: Path, program: Program, engine: None, files: dict[str, str], told: Said
) -> None:
    write(repository, files)
    assert check(program, "tp-vs-gpus", "unpinned-image") == [told]


def test_what_a_patch_sets_is_told_at_the_patch(
    repository: Path, program: Program, engine: None
) -> None:
    write(repository, {"f.yaml": FLUX + PATCH + '  postBuild: {substitute: {GPUS: "2"}}\n'})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert "and 3 are requested" in answer.out
    assert " --> f.yaml:12:18" in answer.out
    assert "in what the Kustomization `prod` of `f.yaml` makes" in answer.out


@pytest.mark.parametrize(
    "objects",
    [
        "{kind: Secret, name: settings}",
        "{kind: ConfigMap, name: elsewhere}",
        "{kind: ConfigMap, name: settings}, {kind: Secret, name: others}",
    ],
)
def test_what_the_run_does_not_hold_stays_unknown(
    repository: Path, program: Program, engine: None, objects: str
) -> None:
    write(
        repository,
        {
            "f.yaml": f"{FLUX}  postBuild: {{substituteFrom: [{objects}]}}\n",
            "settings.yaml": SETTINGS,
        },
    )
    assert check(program, "tp-vs-gpus", code=0) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"f.yaml": FLUX + "  components: [../parts/none]\n"},
            "its component `../parts/none` is not in this repository",
        ),
        (
            {"f.yaml": FLUX + "  components: [../../etc]\n"},
            "its component `../../etc` is not in this repository",
        ),
        (
            {"f.yaml": FLUX + "  patchesStrategicMerge: [{kind: Pod}]\n"},
            "`patchesStrategicMerge` would change what it makes",
        ),
        (
            {
                "f.yaml": FLUX + "  namePrefix: a-\n",
                "app/kustomization.yaml": "resources: [https://example.com/a.yaml]\n",
            },
            "is remote, and is not fetched",
        ),
        (
            {"f.yaml": FLUX + "  patches: [{patch: '- op: nonsense'}]\n"},
            "kustomize does not build it",
        ),
    ],
)
def test_what_cannot_be_built_is_told_at_its_place(
    repository: Path, program: Program, engine: None, files: dict[str, str], told: str
) -> None:
    write(repository, files)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3, answer.out + answer.err
    assert told in answer.out
    assert " --> f.yaml:5:9" in answer.out


def test_folders_of_a_folder_are_built_as_they_say(
    repository: Path, program: Program, engine: None
) -> None:
    files = {
        "app/inner/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: a-\n",
        "app/inner/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n"
        "spec: {containers: [{name: c, image: '${IMAGE}'}]}\n",
        "app/values.yaml": "a: 1\n",
        "f.yaml": FLUX + "  postBuild: {substitute: {IMAGE: 'busybox:latest'}}\n",
    }
    write(repository, files)
    told = check(program, "unpinned-image", code=0)
    assert told == [Said("app/inner/pod.yaml", 4, "unpinned-image")]


def test_a_folder_may_take_files_beside_it(
    repository: Path, program: Program, engine: None
) -> None:
    files = {
        "app/kustomization.yaml": "resources: [deployment.yaml]\npatches: [{path: ../p.yaml}]\n",
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: llm, labels: {a: b}}\n",
        "f.yaml": FLUX + '  postBuild: {substitute: {GPUS: "4"}}\n',
    }
    write(repository, files)
    assert check(program, "tp-vs-gpus") == [ARGUMENT]


def test_a_patch_for_a_release_deploys_nothing(repository: Path, program: Program) -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
    write(repository, {"patch.yaml": f"{release}spec: {{chart: {{spec: {{version: '1'}}}}}}\n"})
    assert check(program, "tp-vs-gpus", code=0) == []
