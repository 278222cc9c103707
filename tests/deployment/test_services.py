"""What every kind of document has in common that starts containers.

A new kind that forgets one of these is taken for less than it says, and no rule's case notices:
each test here tells what to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.collect.files import FoundFile
from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.deployment.join import joined
from imagelint.documents.base import Document
from imagelint.documents.compose.services import ServiceFile
from imagelint.documents.kinds import KINDS
from imagelint.documents.project import Project
from imagelint.documents.shared import ImageRole
from imagelint.run.reading.index import FileIndex
from imagelint.run.rendering.deployed import BUILT_FROM, RUN

if TYPE_CHECKING:
    from imagelint.core.fact import Fact

STARTING = sorted(
    name for name, kind in KINDS.items() if kind.joined_by == "services:joined_services"
)
DOCKERFILE = "FROM debian:12.7\nUSER 1234\n"


class Started(NamedTuple):
    """Files of a kind, in which the first one starts a container.

    `built`: of the image of the Dockerfile beside, which the same files build; `told`: with a user
    of its own; `filled`: of an image that a variable of the kind's own names.
    """

    built: dict[str, str]
    told: str
    filled: str


EXAMPLES: dict[str, Started] = {
    "compose": Started(
        {"compose.yaml": "services: {app: {build: .}}\n"},
        "services: {app: {image: 'debian:12.7', user: '7'}}\n",
        "services: {app: {image: 'debian:${TAG}'}}\n",
    ),
    "shell-script": Started(
        {"start.sh": "docker build -t app .\ndocker run app\n"},
        "docker run --user 7 debian:12.7\n",
        'docker run "debian:$TAG"\n',
    ),
    "makefile": Started(
        {"Makefile": "run:\n\tdocker build -t app .\n\tdocker run app\n"},
        "run:\n\tdocker run --user 7 debian:12.7\n",
        "run:\n\tdocker run debian:$(TAG)\n",
    ),
    "systemd-unit": Started(
        {
            "app.service": "[Service]\nExecStart=podman run localhost/app\n",
            "app.build": "[Build]\nImageTag=localhost/app\nSetWorkingDirectory=unit\n",
        },
        "[Service]\nExecStart=docker run --user 7 debian:12.7\n",
        "[Service]\nExecStart=docker run debian:${TAG}\n",
    ),
    "workflow": Started(
        {
            ".github/workflows/a.yml": (
                "jobs: {a: {steps: [{run: docker build -t app .}, {run: docker run app}]}}\n"
            )
        },
        "jobs: {a: {steps: [{run: docker run --user 7 debian:12.7}]}}\n",
        "jobs: {a: {steps: [{run: 'docker run debian:${{ inputs.tag }}'}]}}\n",
    ),
    "devcontainer": Started(
        {"devcontainer.json": '{"build": {"dockerfile": "Dockerfile"}}\n'},
        '{"image": "debian:12.7", "containerUser": "7"}\n',
        '{"image": "debian:${localEnv:TAG}"}\n',
    ),
}


def service_file(files: dict[str, str]) -> ServiceFile:
    """The first of some files as the others complete it."""
    there = {**files, "Dockerfile": DOCKERFILE}
    index = FileIndex({name: FoundFile(name, name) for name in there}, texts=there)

    def load(origin: str) -> Fact[Document]:
        document = index.document(FoundFile(origin, origin)) if origin in there else None
        return Known(document) if isinstance(document, Document) else ABSENT

    project = Project(load, index.landmarks)
    found = project.document(next(iter(files)), ServiceFile)
    assert isinstance(found, Known), "its document is a ServiceFile"
    document = joined(found.value, project)
    assert isinstance(document, ServiceFile)
    return document


def alone(kind: str, text: str) -> ServiceFile:
    return service_file({next(iter(EXAMPLES[kind].built)): text})


def test_every_kind_that_starts_containers_is_tried() -> None:
    assert sorted(EXAMPLES) == STARTING, f"an entry in EXAMPLES of {__file__} for each"


@pytest.mark.parametrize("kind", STARTING)
def test_a_container_knows_the_image_that_is_built_for_it(kind: str) -> None:
    (service,) = service_file(EXAMPLES[kind].built).services
    user = service.runtime.user
    assert isinstance(user, Known), "`_config` of deployment/services.py does not find its build"
    assert user.value == "1234"


@pytest.mark.parametrize("kind", STARTING)
def test_a_place_is_spelt_as_the_kind_spells_it(kind: str) -> None:
    text = EXAMPLES[kind].told
    (service,) = alone(kind, text).services
    path = service.body["user"].path
    words = [word for word in re.split(r"[\s.\[\]]+|--", path) if word and word != service.name]
    assert words, "the class of its cursor has a `path`"
    strange = [word for word in words if word not in text]
    assert not strange, f"`{path}`: a `path` of its own for the class of its cursor (`Spelling`)"


@pytest.mark.parametrize("kind", STARTING)
def test_an_image_that_a_variable_names_is_not_known(kind: str) -> None:
    (service,) = alone(kind, EXAMPLES[kind].filled).services
    assert service.image is not None
    assert service.image.reference is UNKNOWN, "the reader of its values knows its variables"


def test_every_role_of_an_image_is_one_that_runs_or_one_that_is_built_from() -> None:
    # The image that is gated is neither: it is asked for by itself.
    told = [*RUN, *BUILT_FROM, ImageRole.TARGET]
    missing = set(ImageRole) - set(told)
    assert not missing, f"{missing}: in RUN or BUILT_FROM of imagelint/run/rendering/deployed.py"
    assert len(told) == len(set(told))
