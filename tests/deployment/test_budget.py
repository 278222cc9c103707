"""What thousands of parts of a document get of others is bounded in sum, and the rest is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import find
from imagelint.core.report import ProblemKind
from imagelint.deployment import runtimes, services, settings
from imagelint.policy.model import Policy
from imagelint.run.files import Run, examine
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache
from tests.deployment.test_join import compose, manifest
from tests.growing import growth

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imagelint.documents.base import Document

FEW = 100
MOST = 2.2


def config_map(size: int) -> str:
    keys = "".join(f"  A{number}: x\n" for number in range(size))
    pod = """---
apiVersion: v1
kind: Pod
metadata: {name: p#}
spec: {containers: [{name: c, image: "a.io/b:1.2", envFrom: [{configMapRef: {name: c}}]}]}
"""
    many = "".join(pod.replace("#", str(number)) for number in range(size))
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n{keys}{many}"


def predictors(size: int) -> str:
    env = "".join(f"        - {{name: A{number}, value: x}}\n" for number in range(size))
    runtime = f"""apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {{name: rt}}
spec:
  supportedModelFormats: [{{name: vllm, autoSelect: true}}]
  containers:
    - name: kserve-container
      image: a.io/b:1.2
      env:
{env}"""
    one = """---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: s#}
spec: {predictor: {model: {modelFormat: {name: vllm}, runtime: rt, storageUri: "pvc://a/b"}}}
"""
    return runtime + "".join(one.replace("#", str(number)) for number in range(size))


def references(size: int) -> str:
    keys = "".join(f"  A{number}: x\n" for number in range(size))
    one = "    - {name: B#, valueFrom: {configMapKeyRef: {name: c, key: A#}}}\n"
    env = "".join(one.replace("#", str(number)) for number in range(size))
    return f"""apiVersion: v1
kind: ConfigMap
metadata: {{name: c}}
data:
{keys}---
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: a.io/b:1.2
    env:
{env}"""


TEXTS = {"config map": config_map, "predictors": predictors}


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MOST_VARIABLES", FEW)
    monkeypatch.setattr(services, "MOST_VARIABLES", FEW)
    monkeypatch.setattr(runtimes, "MOST_MERGED", 10 * FEW)


def examining(text: Callable[[int], str], rule: str, here: Path) -> Callable[[int], None]:
    """An examination of a file of any size by one rule: in a run, whose objects it finds."""
    only = Policies(["strict", "gpu-serving"], Policy(), set(), (rule,))

    def examined(size: int) -> None:
        folder = here / str(size)
        folder.mkdir(exist_ok=True)
        (folder / "all.yaml").write_text(text(size), encoding="utf-8")
        found = find([str(folder)], lambda _path: False, lambda _folder: None).files
        examine(found, Run(only, NullCache(), 1))

    return examined


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_many_that_get_the_same_large_thing_cost_no_more_than_the_text(
    text: Callable[[int], str], tmp_path: Path
) -> None:
    assert growth(examining(text, "literal-secret-env", tmp_path), 40) < MOST


def test_keys_are_looked_for_in_an_object_that_is_read_once(tmp_path: Path) -> None:
    assert growth(examining(references, "undefined-key", tmp_path), 40) < MOST


def gap(document: Document) -> str:
    (found,) = document.gaps
    assert found.kind is ProblemKind.TOO_LARGE
    assert found.span is not None
    return found.message


@pytest.mark.usefixtures("_few")
def test_who_gets_no_variables_any_more_is_told_and_has_not_all() -> None:
    found = manifest({"all.yaml": config_map(30)}, "all.yaml")
    assert gap(found).endswith("they are too many together: here, and 26 more")
    complete = [one.env_complete for pod in found.pods for one in pod.containers]
    assert complete == [True] * 3 + [False] * 27


@pytest.mark.usefixtures("_few")
def test_services_whose_files_are_too_large_together_are_told() -> None:
    text = "services:\n" + "".join(
        f"  s{number}: {{image: a, env_file: big.env}}\n" for number in range(4)
    )
    lines = "".join(f"A{number}=x\n" for number in range(40))
    found = compose({"compose.yaml": text, "big.env": lines})
    assert gap(found).endswith("they are too many together: here, and 1 more")
    complete = [one.env_complete for one in found.services]
    assert complete == [True, True, False, False]


@pytest.mark.usefixtures("_few")
def test_predictors_that_are_not_merged_are_told() -> None:
    found = manifest({"all.yaml": predictors(20)}, "all.yaml")
    assert gap(found).startswith("predictors are not merged with their runtimes")


def test_a_usual_run_has_no_gap() -> None:
    for text in TEXTS.values():
        assert manifest({"all.yaml": text(20)}, "all.yaml").gaps == ()
