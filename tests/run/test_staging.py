"""What an engine gets of the files of kustomizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.run.reading.index import FileIndex
from imagelint.run.rendering.staging import stage, without_schemas
from tests.run.test_kustomizations import DEPLOYMENT, OVERLAY, PATCH, Said, check, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: models.example.com
spec:
  group: example.com
  versions:
  - name: v1
    schema: {}

  # a comment
  scope: Namespaced
status:
  conditions: []
"""
HEAD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: models.example.com
spec: {}
status:
  conditions: []
"""


def test_schemas_are_left_out_and_the_rest_stays() -> None:
    other = "kind: Deployment\nspec:\n  replicas: 1\n"
    assert without_schemas(DEFINITION).replace("\n\n", "\n") == HEAD
    text = f"{other}---\n{DEFINITION}---\n{other}"
    assert without_schemas(text).replace("\n\n", "\n") == f"{other}---\n{HEAD}---\n{other}"
    assert without_schemas(other) is other


def test_files_stand_where_they_stood(here: Path) -> None:
    tree(here, crd=DEFINITION)
    names = ("overlays/prod/patch.yaml", "crd.yaml", "missing.yaml", "../outside.yaml")
    (here.parent / "outside.yaml").write_text("a: 1\n", encoding="utf-8")
    found = stage(names, str(here.resolve()), FileIndex({}))
    assert found.texts["overlays/prod/patch.yaml"] == PATCH
    assert "group" not in found.texts["crd.yaml"]
    assert set(found.texts) == {"overlays/prod/patch.yaml", "crd.yaml"}
    assert found.partial
    assert found.name("overlays/prod") == "overlays/prod"


def test_a_folder_with_schemas_is_built(here: Path, program: Program) -> None:
    tree(here, base__crd=DEFINITION, base__kustomization="resources: [deployment.yaml, crd.yaml]\n")
    assert check(program, "tp-vs-gpus") == [Said("overlays/prod/patch.yaml", 9, "tp-vs-gpus")]


def test_a_patch_of_a_schema_gets_the_folder_itself(here: Path, program: Program) -> None:
    patch = """\
- target: {kind: CustomResourceDefinition}
  patch: |-
    - op: replace
      path: /spec/versions/0/name
      value: v2
- path: patch.yaml
"""
    indented = "".join(f"  {line}\n" for line in patch.splitlines())
    tree(
        here,
        base__deployment=DEPLOYMENT,
        base__crd=DEFINITION,
        base__kustomization="resources: [deployment.yaml, crd.yaml]\n",
        overlays__prod__kustomization=OVERLAY.partition("patches")[0] + f"patches:\n{indented}",
    )
    assert check(program, "tp-vs-gpus") == [Said("overlays/prod/patch.yaml", 9, "tp-vs-gpus")]


def test_a_text_in_quotes_makes_no_schema_of_a_pod() -> None:
    text = f'note: "a\nkind: CustomResourceDefinition\nb"\n{DEPLOYMENT}'
    assert without_schemas(text) == text
