"""What a start script of a built image does is read once for all containers that agree on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import FoundFile
from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.deployment.join import joined
from imagelint.documents.base import Document
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.pods.launching import launch
from imagelint.documents.project import Project
from imagelint.documents.serving.command import ServingCommand
from imagelint.run.reading.index import FileIndex

if TYPE_CHECKING:
    from imagelint.core.fact import Fact

FILES = {
    "Dockerfile": 'FROM vllm/vllm-openai:v0.30.0\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
    "start.sh": """\
#!/bin/bash
if [ -n "$DEBUG" ]; then echo "$1"; fi
/prepare
exec vllm serve /models/m --port 8000 --tensor-parallel-size "${TP:-1}"
""",
    "compose.yaml": "services: {llm: {image: r.example.com/llm:1, build: .}}\n",
}
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
    - {name: server, image: "r.example.com/llm:1", env: [ENV]}
"""


def pods(*environments: str, **more: str) -> list[Manifest]:
    """A manifest for each environment, as the image's Dockerfile completes it."""
    made = {
        f"{at}.yaml": POD.replace("ENV", env).replace("NAME", "a" * (at * 7 + 1))
        for at, env in enumerate(environments)
    }
    there = FILES | made | {name.replace("_", "."): text for name, text in more.items()}
    index = FileIndex({name: FoundFile(name, name) for name in there}, texts=there)

    def load(origin: str) -> Fact[Document]:
        document = index.document(FoundFile(origin, origin)) if origin in there else None
        return Known(document) if isinstance(document, Document) else ABSENT

    project = Project(load, index.landmarks)
    found = []
    for name in made:
        written = project.document(name, Manifest)
        assert isinstance(written, Known)
        manifest = joined(written.value, project)
        assert isinstance(manifest, Manifest)
        found.append(manifest)
    return found


def script_of(manifest: Manifest) -> object:
    return launch(manifest.pods[0].containers[0]).scripts["/start.sh"]


def parallelism(manifest: Manifest) -> str:
    (server,) = manifest.nodes_of(ServingCommand)
    return value_or(server.switch("tensor-parallel-size"), "?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("{name: TP, value: '2'}", "{name: TP,    value: '2'}"),
        ("{name: TP, value: '2'}", "{name: TP, value: '2'}, {name: T, value: '3'}"),
        ("{name: POD, value: a}", "{name: POD, value: b}"),
    ],
)
def test_containers_that_agree_on_what_it_uses_share_it(one: str, other: str) -> None:
    first, second = pods(one, other)
    assert script_of(first) is script_of(second)


def test_others_have_it_as_they_set_it() -> None:
    made = pods(*(f"{{name: TP, value: '{number}'}}" for number in range(40)), "", "{name: A}")
    assert list(map(parallelism, made)) == [*map(str, range(40)), "1", "1"]
    again = pods(*(f"{{name: TP, value: '{number}'}}" for number in range(3)))
    assert list(map(parallelism, again)) == ["0", "1", "2"]


def test_however_long_a_manifest_is_the_places_are_those_of_the_script() -> None:
    for manifest in pods("{name: TP, value: '2'}", f"{{name: A, value: {'b' * 70_000}}}"):
        (server,) = manifest.nodes_of(ServingCommand)
        switch = server.find_switch("tensor-parallel-size")
        assert switch is not None
        part = manifest.part_at(switch.span.start)
        span = part.local(switch.span)
        assert part.source.origin == "start.sh"
        assert part.source.text[span.start : span.end].startswith("--tensor-parallel-size")


def test_a_program_in_a_script_may_be_another_script() -> None:
    more = {
        "Dockerfile": f"{FILES['Dockerfile']}COPY prepare /\n",
        "prepare": "#!/bin/sh\nexec vllm serve /models/m --tensor-parallel-size 7\n",
        "start_sh": '#!/bin/bash\necho\n/prepare\nexec "$@"\n',
    }
    (manifest,) = pods("", **more)
    assert parallelism(manifest) == "7"


def test_of_many_images_configurations_few_places_are_held() -> None:
    made = pods(*(f"{{name: A, value: {'b' * (at * 65_536)}}}" for at in range(18)))
    assert {parallelism(manifest) for manifest in made} == {"1"}
    assert len({id(script_of(manifest)) for manifest in made}) > 1
