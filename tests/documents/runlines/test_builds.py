from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.builds import BuiltImage, NamedContext
from imagelint.documents.detect import detect
from imagelint.documents.runlines.document import parse_script, parse_workflow
from imagelint.documents.shared import EnvVar, ImageUse


def built(text: str, files: tuple[str, ...] = ("Dockerfile",)) -> list[BuiltImage]:
    document = parse_script(Source("a/build.sh", text), lambda name: "" if name in files else None)
    return [mark.node for mark in document.landmarks() if isinstance(mark.node, BuiltImage)]


@pytest.mark.parametrize(
    ("text", "dockerfile", "target"),
    [
        ("docker build -t i:1 .", "Dockerfile", ""),
        ("docker build . --tag i:1 --target two", "Dockerfile", "two"),
        ("docker image build -qt i:1 .", "Dockerfile", ""),
        ("docker buildx build --push -t i:1 -f gpu.Dockerfile .", "gpu.Dockerfile", ""),
        ("docker buildx b -t i:1 app", "app/Dockerfile", ""),
        ("podman build -t i:1", "Dockerfile", ""),
        ("buildah bud --layers -t i:1 -f app/Dockerfile app", "app/Dockerfile", ""),
        ("nerdctl build -t i:1 .", "Dockerfile", ""),
        ("docker build -t i:1 up", "../up/Dockerfile", ""),
        ("T=two\ndocker build -t i:1 --target $T .", "Dockerfile", "two"),
        ("docker build -t i:1 --target $T .", "Dockerfile", None),
        ("docker build -t i:1 $FLAGS .", "", None),
        ("docker build -t i:1 $FLAGS -f Dockerfile .", "Dockerfile", None),
        ("docker build -t i:1 $WHERE", "", ""),
        ("docker build -t i:1 elsewhere", "", ""),
        ("docker build -t i:1 https://example.com/a.git", "", ""),
        ("docker build -t i:1 -f - .", "", ""),
    ],
)
def test_what_an_image_is_built_of(text: str, dockerfile: str, target: str | None) -> None:
    files = ("Dockerfile", "gpu.Dockerfile", "app/Dockerfile", "../up/Dockerfile")
    (found,) = built(text, files)
    assert (found.repository, found.tag) == ("docker.io/library/i", "1")
    assert (found.build.dockerfile, found.build.target) == (dockerfile, target)


@pytest.mark.parametrize(
    "text",
    ["docker build .", "docker build --no-such-flag x -t i .", "docker pull i", "docker bake"],
)
def test_what_builds_no_image_that_has_a_name(text: str) -> None:
    assert built(text) == []


def test_arguments_and_contexts_of_a_build() -> None:
    text = (
        "docker build -t i --build-arg A=b --build-arg 'C=d e' --build-arg E --build-arg F=$G"
        " --build-arg $H --build-context models=../m ."
    )
    document = parse_script(Source("build.sh", text), lambda _name: "")
    found = document.nodes_of(EnvVar)
    assert [(one.name, one.value) for one in found] == [
        ("A", Known("b", found[0].value_span)),
        ("C", Known("d e", found[1].value_span)),
        ("E", UNKNOWN),
        ("F", UNKNOWN),
    ]
    assert text[slice(*found[0].value_span)] == "b"
    assert found[0].place.phase.value == "build"
    assert "--secret id=A" in found[0].place.secret_advice("A")
    contexts = [m.node for m in document.landmarks() if isinstance(m.node, NamedContext)]
    assert [one.name for one in contexts] == ["models"] * 2  # by its Dockerfile, and by its name


WORKFLOW = """\
env: {TAG: v2}
jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          tags: registry.example.com/a:v1,registry.example.com/b:${{ github.sha }}
          file: ./app/Dockerfile
          build-args: |
            A=b
            C=${{ secrets.C }}
      - uses: docker/build-push-action@v6
        with: {context: "${{ matrix.context }}", tags: c}
      - run: docker build -t d:${{ env.TAG }} .
"""


def test_steps_that_build() -> None:
    source = Source(".github/workflows/a.yml", WORKFLOW)
    document = parse_workflow(source, lambda name: "" if name.startswith("../../") else None)
    found = [mark.node for mark in document.landmarks() if isinstance(mark.node, BuiltImage)]
    assert {
        (one.repository.rpartition("/")[2], one.tag, one.build.dockerfile) for one in found
    } == {
        ("a", "v1", "../../app/Dockerfile"),
        ("b", "", "../../app/Dockerfile"),
        ("c", "", ""),
        ("d", "v2", "../../Dockerfile"),
    }
    arguments = document.nodes_of(EnvVar)
    assert [(one.name, isinstance(one.value, Known)) for one in arguments] == [
        ("A", True),
        ("C", False),
    ]
    assert WORKFLOW[slice(*arguments[0].span)] == "A=b"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("skaffold.yaml", "# a\napiVersion: skaffold/v4beta13\nkind: Config\n", "skaffold"),
        ("a.yaml", "apiVersion: skaffold/v1\nkind: Config\n", "skaffold"),
        ("a.yaml", "apiVersion: skaffold/v1\n---\napiVersion: v1\nkind: Pod\n", "kubernetes"),
        (
            ".github/workflows/a.yml",
            "jobs:\n  a: {uses: docker/build-push-action@v6}\n",
            "workflow",
        ),
        ("build.sh", "docker buildx build .\n", "shell-script"),
        ("build.sh", "docker buildx ls\n", ""),
    ],
)
def test_what_tells_of_builds_is_of_ours(name: str, text: str, kind: str) -> None:
    assert detect(name, text) == kind


IMAGES = """\
jobs:
  a:
    container: {image: "one:1"}
    services: {db: {image: "two:${{ matrix.v }}"}}
    steps: [{uses: "docker://three:3"}, {uses: actions/checkout@v5}]
"""


def test_images_that_workflows_run_in() -> None:
    document = parse_workflow(Source(".github/workflows/a.yml", IMAGES), lambda _name: None)
    found = document.nodes_of(ImageUse)
    assert [isinstance(one.reference, Known) for one in found] == [True, False, True]
    assert IMAGES[slice(*found[2].span)] == "three:3"
    assert found[0].path == "jobs.a.container.image"


def test_images_of_actions_and_pipelines() -> None:
    action = "runs: {using: docker, image: 'docker://a:1'}\n"
    document = parse_workflow(Source("action.yml", action), lambda _name: None)
    assert [one.text for one in document.nodes_of(ImageUse)] == ["a:1"]
    own = "runs: {using: docker, image: Dockerfile}\n"
    document = parse_workflow(Source("action.yml", own), lambda _name: None)
    assert document.nodes_of(ImageUse) == ()
    pipeline = "default: {image: {name: a}, services: [b, {name: c}]}\nimage: d\nx: 1\n"
    document = parse_workflow(Source(".gitlab-ci.yml", pipeline), lambda _name: None)
    assert [one.text for one in document.nodes_of(ImageUse)] == ["d", "a", "b", "c"]


BAKE = """\
variable "TAG" { default = "1" }
target "base" { args = { CUDA = "12.4" } }
target "app" {
  inherits = ["base"]
  context = "app"
  tags = ["team/app:${TAG}"]
  target = "serve"
}
target "other" { tags = ["team/other:1"] }
"""


def baked(text: str, **files: str) -> dict[str, BuiltImage]:
    given = {"docker-bake.hcl": BAKE, "app/Dockerfile": "", "Dockerfile": "", **files}
    document = parse_script(Source("build.sh", text), given.get)
    marks = (mark.node for mark in document.landmarks())
    return {f"{one.repository}:{one.tag}": one for one in marks if isinstance(one, BuiltImage)}


@pytest.mark.parametrize(
    ("settings", "name", "dockerfile", "target", "arguments"),
    [
        ("--set app.tags=r.example.com/app:2", "r.example.com/app:2", "app", "serve", "12.4"),
        ("--set *.tags=team/all:1", "docker.io/team/all:1", ".", "", None),
        ("--set app.args.CUDA=12.8", "docker.io/team/app:1", "app", "serve", "12.8"),
        ("--set=app.target=test", "docker.io/team/app:1", "app", "test", "12.4"),
        ("--set app.context=.", "docker.io/team/app:1", ".", "serve", "12.4"),
        ("--set app.dockerfile=none", "docker.io/team/app:1", "", "serve", "12.4"),
        ("--set app.target=$STAGE", "docker.io/team/app:1", "app", None, "12.4"),
    ],
)
def test_what_a_bake_changes_of_its_targets(
    settings: str, name: str, dockerfile: str, target: str | None, arguments: str | None
) -> None:
    build = baked(f"docker buildx bake {settings} --push app")[name].build
    place = {"app": "app/Dockerfile", ".": "Dockerfile"}.get(dockerfile, "")
    assert (build.dockerfile, build.target) == (place, target)
    known = [one.value for one in build.arguments if one.name == "CUDA"]
    assert known == ([Known(arguments)] if arguments else [])


@pytest.mark.parametrize(
    "text",
    [
        "docker buildx bake app",
        "docker buildx bake --set nobody.tags=a:1",
        "docker buildx bake --set app.platform=linux/arm64",
        "docker buildx bake --set app",
        "docker buildx bake -f none.hcl --set app.tags=a:1",
        "docker buildx bake -f broken.hcl --set app.tags=a:1",
        "docker buildx bake -f $FILE --set app.tags=a:1",
        "docker buildx bake --no-such-flag --set app.tags=a:1",
    ],
)
def test_a_bake_that_changes_nothing_tells_nothing(text: str) -> None:
    assert baked(text, **{"broken.hcl": "target {"}) == {}


def test_a_step_bakes_by_an_action() -> None:
    text = """\
jobs:
  build:
    steps:
      - uses: docker/bake-action@v6
        with:
          files: ./docker-bake.hcl
          set: |
            app.tags=ghcr.io/team/app:3
            app.args.API_TOKEN=${{ secrets.TOKEN }}
"""
    assert detect(".github/workflows/build.yml", text) == "workflow"
    files = {"../../docker-bake.hcl": BAKE, "../../app/Dockerfile": ""}
    document = parse_workflow(Source(".github/workflows/build.yml", text), files.get)
    (found,) = [mark.node for mark in document.landmarks() if isinstance(mark.node, BuiltImage)]
    assert (found.repository, found.tag) == ("ghcr.io/team/app", "3")
    assert found.build.dockerfile.endswith("app/Dockerfile")
    names = [one.name for one in document.nodes_of(EnvVar)]
    assert names == ["API_TOKEN"]
