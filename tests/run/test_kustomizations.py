"""Kustomizations are built by the real engine, and what they make is placed where it is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.core.report import ProblemKind
from imagelint.render import kustomize
from imagelint.render.kustomize import KustomizeEngine, kustomize_engine
from tests.renderers import LIBRARIES

if TYPE_CHECKING:
    from tests.conftest import Program

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: llm
spec:
  template:
    spec:
      containers:
        - name: llm
          image: vllm/vllm-openai:v0.30.0
          args: [--model=/m, --tensor-parallel-size=2]
          resources:
            limits: {nvidia.com/gpu: 2}
          volumeMounts:
            - {name: m, mountPath: /m}
            - {name: shm, mountPath: /dev/shm}
      volumes:
        - {name: m, persistentVolumeClaim: {claimName: m}}
        - {name: shm, emptyDir: {medium: Memory}}
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  template:
    spec:
      containers:
        - name: llm
          args: [--model=/m, --tensor-parallel-size=4]
"""
OVERLAY = "resources: [../../base]\nnamePrefix: prod-\npatches: [{path: patch.yaml}]\n"


class Said(NamedTuple):
    """A line of the concise format."""

    file: str
    line: int
    rule: str


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, whatever programs there are."""
    assert (LIBRARIES / "pykustomize").is_dir(), "run `make tools`"
    monkeypatch.syspath_prepend(str(LIBRARIES))


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No engine at all: an empty folder of programs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setattr(kustomize, "_library", lambda: "")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def tree(root: Path, **changed: str) -> None:
    files = {
        "base/deployment.yaml": DEPLOYMENT,
        "base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "overlays/prod/kustomization.yaml": OVERLAY,
        "overlays/prod/patch.yaml": PATCH,
    }
    files.update({name.replace("__", "/") + ".yaml": text for name, text in changed.items()})
    write(root, **files)


def check(program: Program, *rules: str, code: int = 1) -> list[Said]:
    only = [word for rule in rules for word in ("--only", rule)]
    answer = program("check", "--no-cache", "--format", "concise", *only, ".")
    assert answer.code == code, answer.out + answer.err
    return [said(line) for line in answer.out.splitlines() if "[" in line]


def said(line: str) -> Said:
    file, number, _, rest = line.split(":", 3)
    return Said(file, int(number), rest.partition("[")[2].partition("]")[0])


def test_what_an_overlay_sets_is_found_in_its_patch(
    here: Path, program: Program, engine: None
) -> None:
    tree(here)
    assert check(program, "tp-vs-gpus") == [Said("overlays/prod/patch.yaml", 9, "tp-vs-gpus")]


def test_what_was_built_is_not_built_again(
    here: Path, program: Program, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(here)
    words = ("check", "--format", "concise", "--only", "tp-vs-gpus", ".")
    first = program(*words)
    assert "tp-vs-gpus" in first.out

    def no_engine(*_: object) -> None:
        raise AssertionError("an engine was started")

    with monkeypatch.context() as patch:
        patch.setattr("imagelint.render.kustomize.run", no_engine)
        assert program(*words).out == first.out
    patched = here / "overlays" / "prod" / "patch.yaml"
    patched.write_text(patched.read_text().replace("-size=4", "-size=2"), encoding="utf-8")
    assert "tp-vs-gpus" not in program(*words).out


def test_what_it_mends_is_not_found_in_the_base(here: Path, program: Program, engine: None) -> None:
    broken = DEPLOYMENT.replace("-size=2", "-size=4")
    fixing = PATCH.replace("-size=4", "-size=2")
    tree(here, base__deployment=broken, overlays__prod__patch=fixing)
    assert check(program, "tp-vs-gpus", code=0) == []


def test_a_base_that_nobody_takes_is_judged_alone(
    here: Path, program: Program, engine: None
) -> None:
    write(here, **{"deployment.yaml": DEPLOYMENT.replace("-size=2", "-size=4")})
    write(here, **{"kustomization.yaml": "resources: [deployment.yaml]\n"})
    assert check(program, "tp-vs-gpus") == [Said("deployment.yaml", 11, "tp-vs-gpus")]


def test_one_of_all_is_told_of_what_is_judged_not_of_the_file_it_is_made_of(
    here: Path, program: Program, engine: None
) -> None:
    """`alerts-incomplete` speaks at the first alert of a run; the base's is none of its own."""
    alert = '{alert: Queue, expr: "max(vllm:num_requests_waiting) > 5"}'
    alerts = (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: llm}\n"
        f"spec:\n  groups:\n    - name: llm\n      rules:\n        - {alert}\n"
    )
    both = "resources: [alerts.yaml, deployment.yaml]\n"
    tree(here, base__alerts=alerts, base__kustomization=both)
    expected = [Said("base/alerts.yaml", 8, "alerts-incomplete")]
    assert check(program, "alerts-incomplete", code=0) == expected


def test_json_patches_images_replicas_and_components_have_their_places(
    here: Path, program: Program, engine: None
) -> None:
    overlay = """\
resources: [../../base]
components: [../../gpus]
images:
  - name: vllm/vllm-openai
    newTag: latest
"""
    component = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/resources/limits
        value:
          nvidia.com/gpu: 1
"""
    tree(here, overlays__prod__kustomization=overlay, gpus__kustomization=component)
    found = check(program, "tp-vs-gpus", "unpinned-image")
    assert Said("base/deployment.yaml", 11, "tp-vs-gpus") in found
    assert Said("overlays/prod/kustomization.yaml", 5, "unpinned-image") in found


def test_of_images_of_one_name_the_one_of_the_tag_is_meant(here: Path, program: Program) -> None:
    overlay = """\
resources: [../../base]
images:
  - name: vllm/vllm-openai
    newTag: latest
  - name: other
    newName: vllm/vllm-openai
    newTag: v0.30.0
"""
    tree(here, overlays__prod__kustomization=overlay)
    found = check(program, "unpinned-image")
    assert found == [Said("overlays/prod/kustomization.yaml", 4, "unpinned-image")]


def test_overlays_that_say_the_same_are_named_together(
    here: Path, program: Program, engine: None
) -> None:
    plain = "resources: [../../base]\nnamePrefix: dev-\n"
    tree(
        here,
        base__deployment=DEPLOYMENT.replace("-size=2", "-size=4"),
        overlays__prod__kustomization=plain.replace("dev", "prod"),
        overlays__dev__kustomization=plain,
    )
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.out.count("high[tp-vs-gpus]") == 1
    assert "in what `overlays/dev/kustomization.yaml` makes" in answer.out
    assert "in what `overlays/prod/kustomization.yaml` makes" in answer.out


def test_generated_settings_reach_containers_under_their_hashed_names(
    here: Path, program: Program, engine: None
) -> None:
    taking = DEPLOYMENT.replace("-size=2", "-size=$(TP)").replace(
        "          resources:",
        "          envFrom: [{configMapRef: {name: sizes}}]\n          resources:",
    )
    overlay = """\
resources: [../../base]
configMapGenerator:
  - name: sizes
    literals: [TP=4]
"""
    tree(here, base__deployment=taking, overlays__prod__kustomization=overlay)
    found = check(program, "tp-vs-gpus")
    assert [one.rule for one in found] == ["tp-vs-gpus"]


def test_allowances_in_the_base_hold(here: Path, program: Program, engine: None) -> None:
    allowed = DEPLOYMENT.replace("-size=2", "-size=4").replace(
        "          args:", "          # imagelint: allow tp-vs-gpus -- two nodes\n          args:"
    )
    tree(here, base__deployment=allowed, overlays__prod__kustomization="resources: [../../base]\n")
    assert check(program, "tp-vs-gpus", code=0) == []


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ("https://example.com/base.yaml", "is remote"),
        ("github.com/example/repo//base?ref=v1", "is remote"),
        ("git@example.com:a/b", "is remote"),
        ("../../../../elsewhere", "lies outside"),
    ],
)
def test_what_is_not_in_the_repository_is_not_fetched(
    here: Path, program: Program, engine: None, resource: str, why: str
) -> None:
    (here / ".git").mkdir()
    tree(here, overlays__prod__kustomization=f"resources: [{resource!r}]\n")
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert why in answer.out + answer.err


def test_without_an_engine_one_problem_tells_how_to_get_it(
    here: Path, program: Program, nothing: Path
) -> None:
    tree(here, other__kustomization="resources: [../base]\n")
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert (answer.out + answer.err).count("nothing here can build them") == 1
    assert "imagelint[kustomize]" in answer.out + answer.err


def test_an_engine_that_is_too_old_is_told_apart(nothing: Path) -> None:
    write_program(nothing / "kubectl", 'echo \'{"clientVersion": {"gitVersion": "v1.20.0"}}\'')
    found = kustomize_engine("kustomization.yaml")
    assert not isinstance(found, KustomizeEngine)
    assert found.kind is ProblemKind.TOOL_MISSING
    assert "too old" in found.detail


def test_programs_are_asked_for_their_release(nothing: Path) -> None:
    write_program(nothing / "kustomize", "echo v5.4.2")
    assert kustomize_engine("x") == KustomizeEngine(str(nothing / "kustomize"), ("build",))
    write_program(nothing / "kustomize", "echo {kustomize/v4.5.7}")
    assert isinstance(kustomize_engine("x"), KustomizeEngine)


def write_program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def real_program(folder: Path) -> KustomizeEngine:
    """A program `kustomize` that is the real engine: the library behind its command line."""
    child = Path(kustomize.__file__).with_name("kustomize_child.py")
    (library,) = (LIBRARIES / "pykustomize" / "_lib").rglob("*.so")
    script = (
        "import json, subprocess, sys\n"
        "options = json.dumps({'load_restrictions': int(len(sys.argv) > 3)})\n"
        f"words = [sys.executable, {str(child)!r}, {str(library)!r}, options, sys.argv[-1]]\n"
        "said = subprocess.run(words,"
        " capture_output=True, text=True)\n"
        "answer = json.loads(said.stdout)\n"
        "sys.stdout.write(answer.get('text', ''))\n"
        "sys.stderr.write(answer.get('error', ''))\n"
        "sys.exit('error' in answer)\n"
    )
    path = folder / "kustomize"
    import sys

    path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    path.chmod(0o755)
    return KustomizeEngine(str(path), ("build",))


def test_program_and_library_make_the_same(here: Path, engine: None, tmp_path: Path) -> None:
    tree(here)
    folders = [os.path.realpath(here / "overlays" / "prod"), os.path.realpath(here)]
    library = kustomize_engine("x")
    assert isinstance(library, KustomizeEngine)
    assert library.library
    built, refused = library.build(folders)
    again, refused_again = real_program(tmp_path).build(folders)
    assert built == again
    assert refused.kind is refused_again.kind is ProblemKind.UNPARSABLE  # type: ignore[union-attr]


COUNTS = """\
import sys
from pathlib import Path
if sys.argv[1] == "version":
    print("v5.0.0")
else:
    with Path(__file__).with_name("counts").open("a") as file:
        print(sum(path.is_file() for path in Path("files").rglob("*")), file=file)
"""


def test_a_program_gets_only_the_files_of_the_kustomization_that_it_builds(
    here: Path, program: Program, nothing: Path
) -> None:
    import sys

    for name in "abc":
        kustomization, manifest = f"{name}/kustomization.yaml", f"{name}/x.yaml"
        write(here, **{kustomization: "resources: [x.yaml]\n", manifest: DEPLOYMENT})
    path = nothing / "kustomize"
    path.write_text(f"#!{sys.executable}\n{COUNTS}", encoding="utf-8")
    path.chmod(0o755)
    program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert (nothing / "counts").read_text(encoding="utf-8").split() == ["2", "2", "2"]


@pytest.mark.parametrize(
    ("kustomization", "words"),
    [
        ("resources: [missing.yaml]\n", "missing.yaml"),
        ("resources: [../prod]\n", "cycle"),
        ("helmCharts: [{name: x, repo: 'https://example.com', version: 1}]\n", "is a chart"),
        ("patches: [{path: nowhere.yaml}]\nresources: [../../base]\n", "nowhere.yaml"),
    ],
)
def test_what_cannot_be_built_is_a_problem_in_the_words_of_the_engine(
    here: Path, program: Program, engine: None, kustomization: str, words: str
) -> None:
    tree(here, overlays__prod__kustomization=kustomization)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert words in answer.out + answer.err


def test_the_library_that_dies_costs_only_what_it_dies_of(
    here: Path, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(here)
    found = kustomize_engine("x")
    assert isinstance(found, KustomizeEngine)
    broken = found._replace(library="/nonexistent.so")
    (answer,) = broken.build([os.path.realpath(here / "base")])
    assert getattr(answer, "kind", None) is ProblemKind.TOOL_FAILED


EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: login}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - secretKey: CAMERA_RTSP_USERNAME
      remoteRef: {key: app-mqtt-user}
"""
WIDGET = """\
apiVersion: example.com/v1
kind: Widget
metadata: {name: server}
spec:
  dbPassword: correct-horse-9
"""


def test_who_says_in_a_base_where_a_secret_lies_holds_none(
    here: Path, program: Program, engine: None
) -> None:
    files = {"kustomization.yaml": "resources: [external.yaml, widget.yaml]\n"}
    write(here, **files, **{"external.yaml": EXTERNAL, "widget.yaml": WIDGET})
    assert check(program, "secret-in-config") == [Said("widget.yaml", 5, "secret-in-config")]


BESIDE = "resources: [../base]\npatches: [{path: ../shared/patch.yaml}]\n"


@pytest.mark.parametrize("way", ["library", "program"])
def test_a_file_beside_the_folder_is_taken_as_flux_takes_it(
    here: Path, program: Program, engine: None, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "program":
        made = real_program(here.parent)
        monkeypatch.setattr(kustomize, "kustomize_engine", lambda _: made)
    base = {"base/kustomization.yaml": "resources: [deployment.yaml]\n"}
    write(here, **base, **{"base/deployment.yaml": DEPLOYMENT, "shared/patch.yaml": PATCH})
    write(here, **{"app/kustomization.yaml": BESIDE})
    assert check(program, "tp-vs-gpus") == [Said("shared/patch.yaml", 9, "tp-vs-gpus")]
    # The fields of a program are paths as well, which nobody has looked at.
    write(here, **{"app/kustomization.yaml": f"{BESIDE}transformers: [t.yaml]\n", "app/t.yaml": ""})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert "security; file" in answer.out + answer.err


PATCHING = (
    "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: HTTP://127.0.0.1:9/x\n"
)
INLINE = "".join(f"  {line}\n" for line in PATCHING.splitlines())
WEB = "http://127.0.0.1:9/x.yaml"
REACHING = {
    "by another case": {"kustomization.yaml": f"resources: ['{WEB.upper()}']\n"},
    "by a merge key": {"kustomization.yaml": f"resources: []\n<<: {{resources: ['{WEB}']}}\n"},
    "by a file of that name": {
        "kustomization.yaml": f"resources: ['{WEB}']\n",
        "http:/127.0.0.1:9/x.yaml": "a: b\n",
    },
    "in the list of transformers": {"kustomization.yaml": f"transformers:\n- |-\n{INLINE}"},
    "in a file of a transformer": {
        "kustomization.yaml": "transformers: [x.yaml]\n",
        "x.yaml": PATCHING,
    },
    "in a broken generator": {"kustomization.yaml": 'generators:\n- "a: [\\n"\n'},
    "in a folder of validators": {
        "kustomization.yaml": "validators: [x]\n",
        "x/kustomization.yaml": "resources: []\n",
    },
}


@pytest.mark.parametrize("how", REACHING)
def test_nothing_is_fetched_from_this_machine(
    here: Path, program: Program, engine: None, how: str
) -> None:
    """Programs in Go ask no proxy for it, so nothing else would be in the way."""
    (here / ".git").mkdir()
    for name, text in REACHING[how].items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert "is not built" in answer.out + answer.err


BROKEN = DEPLOYMENT.replace("-size=2", "-size=4")


def test_what_a_generator_only_packs_is_judged_as_it_is_written(
    here: Path, program: Program
) -> None:
    overlay = "resources: [../../base]\nconfigMapGenerator: [{name: x, files: [packed.yaml]}]\n"
    tree(here, overlays__prod__kustomization=overlay, overlays__prod__packed=BROKEN)
    assert check(program, "tp-vs-gpus") == [Said("overlays/prod/packed.yaml", 11, "tp-vs-gpus")]


def test_what_kustomize_leaves_out_is_judged_as_it_is_written(here: Path, program: Program) -> None:
    local = BROKEN.replace(
        "  name: llm\nspec",
        "  name: local\n  annotations: {config.kubernetes.io/local-config: 'true'}\nspec",
    )
    tree(here, base__deployment=f"{DEPLOYMENT}---\n{local}", overlays__prod__patch=PATCH)
    assert Said("base/deployment.yaml", 32, "tp-vs-gpus") in check(program, "tp-vs-gpus")


def test_kustomizations_that_take_each_other_are_a_problem(here: Path, program: Program) -> None:
    write(
        here,
        **{"a/kustomization.yaml": "resources: [../b]\n"},
        **{"b/kustomization.yaml": "resources: [../a]\n"},
    )
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert "cycle" in answer.out + answer.err


@pytest.mark.usefixtures("engine")
def test_what_is_rendered_counts_for_what_is_written(program: Program, here: Path) -> None:
    """The labels of pods are those that an overlay gives them; others see them so."""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\n"
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: llm}\nspec: {selector: {app: llm}}\n"
    spec = "spec: {containers: [{name: a, image: a}]}\n"
    write(here, **{"pod.yaml": pod + spec, "service.yaml": service})
    arguments = ("check", "--only", "selector-without-match", "--closed", "--no-cache")
    assert program(*arguments).code == 1
    overlay = "resources: [pod.yaml]\ncommonLabels: {app: llm}\n"
    write(here, **{"kustomization.yaml": overlay})
    assert program(*arguments).code == 0
