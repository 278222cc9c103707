from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.document import (
    parse_makefile,
    parse_script,
    parse_workflow,
)
from imagelint.documents.runlines.fragments import Fragment, commands, concerns_containers
from imagelint.documents.runlines.line import read_line
from imagelint.documents.runlines.unitfile import parse_unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.runlines.document import RunFile
    from imagelint.documents.runlines.line import RunLine


def lines(text: str) -> list[RunLine]:
    return list(filter(None, map(read_line, commands(Fragment(MappedText.verbatim(text, 0))))))


def line(text: str) -> RunLine:
    (found,) = lines(text)
    return found


def service(text: str) -> ComposeService:
    (found,) = parse_script(Source("run.sh", text)).services
    return found


def flags(text: str) -> dict[str, str | None]:
    return {flag.name: flag.value and flag.value.known for flag in line(text).flags}


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("docker run a", "a"),
        ("docker run --rm -it a b", "a"),
        ("docker run -itd --name x a", "a"),
        ("docker run -dp 8000:8000 a", "a"),
        ("docker run -p8000:8000 -eA=1 a", "a"),
        ("docker run --gpus all --shm-size 1g a", "a"),
        ("docker run --gpus=all --privileged=true a", "a"),
        ("docker run -- a --flag", "a"),
        ("docker --context far -D run a", "a"),
        ("docker container run a", "a"),
        ("docker create a", "a"),
        ("docker service create --replicas 2 a", "a"),
        ("podman --remote run --pod p --replace a", "a"),
        ("nerdctl -n k8s.io run a", "a"),
        ("sudo -E docker run a", "a"),
        ("exec docker run a", "a"),
        ("ID=$(docker run -d a)", "a"),
        ("if ! docker run a; then exit; fi", "a"),
        ("ssh -p 22 me@host docker run a", "a"),
        ("ssh me@host 'cd x && sudo docker run --rm a'", "a"),
        ("bash -c 'docker run a'", "a"),
        ("I=a\ndocker run $I", "a"),
        ("I=${I:-a:1}\ndocker run $I", "a:1"),
        ("docker run ${I:-a:1}", "a:1"),
        ("I=${1:-a}\ndocker run $I", "a"),
        ("O='--gpus all -e A=1'\ndocker run $O a", "a"),
        ("docker run \\\n  --rm \\\n  a", "a"),
        ("/usr/bin/docker run a", "a"),
    ],
)
def test_the_image_of_a_line(text: str, image: str) -> None:
    assert line(text).image.known == image
    assert line(text).complete
    assert concerns_containers(text)


@pytest.mark.parametrize(
    "text",
    [
        "docker ps",
        "docker compose run a",
        "docker run --help",
        "docker run --no-such-flag x a",
        "docker run -Z a",
        "docker run -e",
        "docker run ''",
        "docker run $OPTS /a/b c",
        "docker service update a",
        "docker exec a docker",
        "podman service create a",
        "echo docker run a",
    ],
)
def test_what_is_no_line_or_cannot_be_told(text: str) -> None:
    assert lines(text) == []


@pytest.mark.parametrize(
    ("text", "complete", "image"),
    [
        ('docker run "${FLAGS[@]}" a', False, "a"),
        ("docker run $OPTS a", False, "a"),
        ("docker run $X --rm a", False, "a"),
        ("docker run ${X:+--rm --gpus all} a", False, "a"),
        ("docker run $IMAGE --rm", True, ""),
        ('docker run "$X" a', True, ""),
        ("docker run $X a", True, ""),
        ("docker run vllm/vllm-openai:$TAG", True, ""),
    ],
)
def test_words_of_unknown_value_are_flags_or_the_image(
    text: str, image: str, *, complete: bool
) -> None:
    assert line(text).complete is complete
    assert line(text).image.known == image


def test_a_function_has_parameters_of_its_own() -> None:
    assert line("f() { docker run ${1:-a}; }").image.fact is UNKNOWN
    assert line("f() { I=${1:-a}; docker run $I; }").image.fact is UNKNOWN


def test_flags_have_their_long_names_and_values() -> None:
    text = "docker run -itu 1:2 -v=/a:/b --net host --health-cmd 'a b' -e B=$C -m 1g i"
    assert flags(text) == {
        "interactive": None,
        "tty": None,
        "user": "1:2",
        "volume": "/a:/b",
        "network": "host",
        "health-cmd": "a b",
        "env": "",
        "memory": "1g",
    }


def test_flags_stand_where_they_are_written() -> None:
    text = "docker run --shm-size=1g -u 'me' -e A=\"b c\" i:1 --x"
    found = service(text)
    body = found.body
    assert text[slice(*body["shm_size"].span)] == "1g"
    assert text[slice(*body["shm_size"].key_span)] == "--shm-size"
    assert text[slice(*body["user"].span)] == "'me'"
    assert text[slice(*found.env[0].name_span)] == "A"
    assert text[slice(*found.env[0].value_span)] == "b c"
    assert text[slice(*found.span)] == "docker run"
    assert found.image is not None
    assert text[slice(*found.image.span)] == "i:1"
    assert body["shm_size"].path == "i --shm-size"
    assert body["volumes"][0].path == "i --volume[0]"
    assert body.at("deploy", "resources", "reservations", "devices").path == "i --gpus"
    assert body.at("healthcheck", "interval").path == "i --health-interval"


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("--gpus all", UNKNOWN),
        ("--gpus 2", 2),
        ("--gpus device=0,1", 2),
        ("""--gpus '"device=0,1,3"'""", 3),
        ("""--gpus '"device=0","capabilities=compute"'""", 1),
        ("--gpus count=4,capabilities=compute", 4),
        ("--gpus $N", UNKNOWN),
        ("--device nvidia.com/gpu=all", UNKNOWN),
        ("--runtime nvidia", UNKNOWN),
    ],
)
def test_how_many_gpus_a_line_asks_for(text: str, quantity: object) -> None:
    request = service(f"docker run {text} i").runtime.gpus
    assert isinstance(request, Known)
    found = request.value.quantity
    assert (found.value if isinstance(found, Known) else found) == quantity


def test_what_a_line_says_of_where_it_runs() -> None:
    found = service(
        "docker run --name llm --shm-size 2g --privileged --cap-add SYS_PTRACE --pid=host -P"
        " --mount type=bind,source=/data,target=/models,readonly -v cc:/cache --tmpfs /t:size=1m"
        " -p 127.0.0.1:80:8000/tcp --expose 9000 --health-cmd 'curl a' --health-interval 5s"
        " --security-opt seccomp=unconfined -u 0 --env-file x.env i"
    )
    runtime = found.runtime
    assert found.name == "llm"
    assert found.title == "container"
    assert runtime.shm == Known(2.0 * 1024**3, runtime.shm.span)  # type: ignore[union-attr]
    assert runtime.privileges.privileged.on
    assert runtime.host.pid.on
    mounts = runtime.mounts.value if isinstance(runtime.mounts, Known) else ()
    assert [(one.source, one.read_only) for one in mounts] == [
        ("named", False),
        ("bind", True),
        ("tmpfs", False),
    ]
    assert [port.number for port in runtime.ports] == [8000, 9000]
    assert isinstance(runtime.probes.liveness, Known)
    assert runtime.privileges.seccomp.value == Known("Unconfined", runtime.privileges.seccomp.span)
    assert not found.env_complete
    assert runtime.platform.own_host


def test_a_service_of_a_swarm() -> None:
    found = service(
        "docker service create --limit-memory 1g --publish published=80,target=8000"
        " --mount type=tmpfs,target=/dev/shm,tmpfs-size=1000 i"
    )
    runtime = found.runtime
    assert runtime.memory_limit == Known(float(1024**3), found.body["mem_limit"].span)
    assert [port.number for port in runtime.ports] == [8000]
    assert runtime.shm is (runtime.shm_mount and runtime.shm_mount.size)
    assert not runtime.platform.own_host


def test_flags_that_nobody_sees_leave_the_rest_unknown() -> None:
    for text in ('docker run "${A[@]}" i', "docker run --volumes-from x i"):
        runtime = service(text).runtime
        assert {runtime.gpus, runtime.shm, runtime.mounts} == {UNKNOWN}
        assert not service(text).env_complete
    assert not service("docker run -e $X i").env_complete


def test_the_words_behind_the_image_are_what_it_starts() -> None:
    text = "M=m\ndocker run --entrypoint sh i -c \"exec vllm serve $M\" 'a b' $(c)"
    words = service(text).started.words  # type: ignore[union-attr]
    assert [one.word.value for one in words[:4]] == [
        Known("sh", words[0].word.span),
        Known("-c", words[1].word.span),
        Known("exec vllm serve m", words[2].word.span),
        Known("a b", words[3].word.span),
    ]
    assert words[4].word.value is UNKNOWN
    inner = words[3].mapped
    assert text[slice(*inner.place(0, 3))] == "a b"


MAKEFILE = """\
I ?= vllm/vllm-openai
T := v1 # the last one
TWICE = a
TWICE = b
all: x
\t@-docker run --rm -e A=$$HOME $(I):$(T) $(TWICE) \\
\t\t$@ $(shell id)
"""


def test_recipes_know_the_variables_of_their_makefile() -> None:
    (found,) = parse_makefile(Source("Makefile", MAKEFILE)).services
    assert found.image is not None
    assert isinstance(found.image.reference, Known)
    assert found.image.reference.value.tag == "v1"
    assert MAKEFILE[slice(*found.image.span)] == "$(I):$(T)"
    assert found.env[0].value is UNKNOWN
    words = found.started.words if found.started else ()
    assert [one.word.value for one in words] == [UNKNOWN] * 3


def test_variables_that_refer_to_themselves_or_grow_are_unknown() -> None:
    grown = "".join(f"A{n} = $(A{n + 1})$(A{n + 1})\n" for n in range(40))
    text = f"B = $(B)x\n{grown}A40 = x\na:\n\tdocker run a $(B) $(A0)\n"
    (found,) = parse_makefile(Source("Makefile", text)).services
    words = found.started.words if found.started else ()
    assert [one.word.value for one in words] == [UNKNOWN] * 2


UNIT = """\
[Service]
Environment=TP=4 "MODEL=a b"
ExecStartPre=-/usr/bin/docker pull x
ExecStart=/usr/bin/docker run --name llm-%i \\
# of the model
  -e P=%% i:1 --tp ${TP} $MODEL
ExecStop=docker run never
"""


def test_commands_of_units() -> None:
    (found,) = parse_unit(Source("a.service", UNIT)).services
    assert found.name == "i"
    assert found.env[0].value == Known("%", found.env[0].value_span)
    words = found.started.words if found.started else ()
    assert [one.word.text for one in words] == ["--tp", "4", "a", "b"]


QUADLET = """\
[Unit]
Image=no
[Container]
Image=i:1
Environment=A=1 "B=2 3" C='4'
Volume=%h/m:/m
AddDevice=nvidia.com/gpu=all
AddCapability=SYS_PTRACE NET_ADMIN
ShmSize=1g
NoNewPrivileges=true
SeccompProfile=/x.json
PodmanArgs=--ipc=host --privileged
Exec=--model a --x=%n
"""


def test_containers_of_podman_as_units() -> None:
    (found,) = parse_unit(Source("llm.container", QUADLET)).services
    assert [(one.name, one.value) for one in found.env] == [
        ("A", Known("1", found.env[0].value_span)),
        ("B", Known("2 3", found.env[1].value_span)),
        ("C", Known("4", found.env[2].value_span)),
    ]
    privileges = found.runtime.privileges
    assert privileges.privileged.on
    assert found.runtime.host.ipc.on
    assert isinstance(privileges.added.value, Known)
    added = [one.value for one in privileges.added.value.value]
    assert [one.value for one in added if isinstance(one, Known)] == ["SYS_PTRACE", "NET_ADMIN"]
    assert isinstance(privileges.escalation.value, Known)
    assert isinstance(privileges.seccomp.value, Known)
    assert isinstance(found.runtime.gpus, Known)
    words = found.started.words if found.started else ()
    assert [one.word.text for one in words[:2]] == ["--model", "a"]
    assert words[2].word.value is UNKNOWN
    assert found.words.setting("user", "1") == "User=1"
    assert found.words.setting("privileged", "true") == "PodmanArgs=--privileged=true"


def test_a_unit_that_names_another_for_its_image_or_none() -> None:
    (found,) = parse_unit(Source("a.container", "[Container]\nImage=a.build\n")).services
    assert found.image is not None
    assert found.image.reference is UNKNOWN
    assert parse_unit(Source("a.container", "[Container]\nExec=x\n")).services == ()


WORKFLOW = """\
env: {IMAGE: "i:1"}
jobs:
  a:
    steps:
      - uses: actions/checkout@v5
      - run: |
          echo
          docker run -e A=${{ secrets.A }} $IMAGE --x
      - run: docker run ${{ steps.image.outputs.uri }} y
      - {run: docker run nope, shell: pwsh}
"""


def test_steps_of_workflows() -> None:
    first, second = parse_workflow(Source(".github/workflows/a.yml", WORKFLOW)).services
    assert first.image is not None
    assert isinstance(first.image.reference, Known)
    assert WORKFLOW[slice(*first.image.span)] == "$IMAGE"
    assert first.env[0].value is UNKNOWN
    assert second.image is not None
    assert second.image.reference is UNKNOWN


PIPELINE = """\
variables: {TAG: v1}
.start: &start
  - docker run i:$TAG
test:
  variables: {TAG: {value: v2, description: x}}
  script:
    - echo
    - [*start, 'docker run j:$TAG']
  after_script: docker run k:$TAG
"""


def test_jobs_of_pipelines() -> None:
    document = parse_workflow(Source(".gitlab-ci.yml", PIPELINE))
    found = {one.name: one.image.tag for one in document.services if one.image}
    assert {name: fact.value for name, fact in found.items() if isinstance(fact, Known)} == {
        "i": "v2",
        "j": "v2",
        "k": "v2",
    }


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("run.sh", "docker run a\n", "shell-script"),
        ("run.sh", "# docker run a\n", ""),
        ("run.sh", "docker-compose run a\n", ""),
        ("run.sh", "docker ps\n", ""),
        ("Makefile", "a:\n\tdocker run a\n", "makefile"),
        ("rules.mk", "a:\n\tpodman run a\n", "makefile"),
        ("Makefile", "a:\n\ttrue\n", ""),
        ("a.service", "[Service]\nExecStart=docker run a\n", "systemd-unit"),
        ("a.service", "[Service]\nExecStart=a\n", ""),
        ("a.container", "[Container]\nImage=a\n", "systemd-unit"),
        ("a.container", "binary", ""),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps: [{run: docker run a}]\n", "workflow"),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps: [{run: docker ps}]\n", ""),
        ("x/action.yml", "runs:\n  steps: [{run: docker run a}]\n", "workflow"),
        (".gitlab-ci.yml", "a:\n  script: docker run a\n", "workflow"),
        ("other.yml", "jobs:\n  a:\n    steps: [{run: docker run a}]\n", ""),
    ],
)
def test_a_file_is_of_ours_where_a_line_runs_a_container(name: str, text: str, kind: str) -> None:
    assert detect(name, text) == kind


def test_other_shells_are_not_read() -> None:
    assert parse_script(Source("a.sh", "#!/usr/bin/env fish\ndocker run a\n")).services == ()


def test_no_more_lines_are_read_than_people_write_and_that_is_told() -> None:
    text = "docker run a\n" * 1_100
    script = parse_script(Source("a.sh", text))
    assert len(script.services) == 1_000
    (gap,) = script.gaps
    assert gap.message == "more than 1,000 lines that run containers are not examined"
    assert gap.span is not None
    assert gap.span.start == 1_000 * len("docker run a\n")
    assert not parse_script(Source("a.sh", "docker run a\n" * 1_000)).gaps


@pytest.mark.parametrize(
    ("parse", "text", "told"),
    [
        (parse_script, "docker build .\n" * 1_001, "more than 1,000 lines that build images"),
        (parse_script, "docker run a\n" + "#" * 1_000_000, "a script of more than 1,000,000"),
        (parse_makefile, "a:\n\tdocker run a " + "b" * 100_000, "a recipe of more than 100,000"),
        (
            parse_makefile,
            "A = " + "b" * 8_000 + "\na:\n\tdocker run a" + " $(A)" * 20,
            "a recipe of more than 100,000",
        ),
    ],
)
def test_what_is_too_large_is_told(
    parse: Callable[[Source], RunFile], text: str, told: str
) -> None:
    (gap,) = parse(Source("a", text)).gaps
    assert gap.message.startswith(told)
    assert gap.kind is ProblemKind.TOO_LARGE


PIECES = st.sampled_from(
    [
        *("docker", " run ", "podman run", "-e", "A=", '"', "'", "$X", "${X:-y}", "$(a)", "--gpus"),
        *("\\\n", "\n", "\t", "i:1", "[Container]\n", "Image=", "Exec=", "--mount type=,", "%i"),
        *("[Service]\nExecStart=", "$$", "$(A)", "A = $(B)\n", "{{", ",", "=", "-it", "ssh h "),
        *(" ", "# imagelint: allow x -- y"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    for kind in ("shell-script", "makefile", "systemd-unit"):
        for name in ("a", "a.container"):
            document = parse(Source(name, text), kind)
            for node in document.walk():
                assert 0 <= node.span.start <= node.span.end <= len(text)
