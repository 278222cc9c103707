from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.reference import parse_reference
from imagelint.core.source import Span
from imagelint.documents.compose.platform import ServicePlatform
from imagelint.documents.dockerfile.details import ImageDetails
from imagelint.documents.dockerfile.platform import ImagePlatform
from imagelint.documents.kubernetes.pods.platform import PodPlatform
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.model import ContainerPort, GpuRequest, Runtime
from imagelint.documents.serving.launch import Launch, RuntimeChoice
from imagelint.documents.serving.options import HOST, MEMORY_FRACTION, MODEL, OPTIONS, PORT
from imagelint.documents.serving.reading import serving_command
from imagelint.documents.shared import EnvOrigin, EnvVar, ImageRole, ImageUse
from imagelint.documents.shell.script import Word
from imagelint.documents.yaml.cursor import Cursor
from imagelint.knowledge.engines import engines

if TYPE_CHECKING:
    from imagelint.documents.runtime.platform import Platform
    from imagelint.documents.serving.command import ServingCommand

CASES = Path(__file__).parents[3] / "testdata" / "serving"
NOWHERE = Span(0, 0)
BY_NAME = {option.name: option for option in OPTIONS if option is not MODEL}
PLATFORMS: dict[str, Platform] = {
    "pod": PodPlatform(Cursor(None)),
    "compose": ServicePlatform(Cursor(None)),
    "image": ImagePlatform(Place(NOWHERE)),
}
CASE_KEYS = {
    "name", "image", "argv", "env", "kind", "owner", "appends", "complete", "env_complete",
    "gpus", "ports", "restarts", "container", "unknown", "runtime", "format", "expect", "none",
}  # fmt: skip


def fact_of(value: str) -> Fact[str]:
    return UNKNOWN if value == "<unknown>" else Known(value)


def words_of(argv: list[str], unknown: list[str]) -> tuple[tuple[Word, ...], str]:
    words, text = [], ""
    for raw in argv:
        span = Span(len(text), len(text) + len(raw))
        value: Fact[str] = UNKNOWN if raw in unknown else Known(raw, span)
        words.append(Word(span, raw, value))
        text += raw + "\n"
    return tuple(words), text


def launch_of(case: dict[str, Any]) -> tuple[Launch, str]:
    words, text = words_of(case.get("argv", []), case.get("unknown", []))
    env = []
    for name, value in case.get("env", {}).items():
        span = Span(len(text), len(text) + len(name) + 1 + len(value))
        place = Span(span.start + len(name) + 1, span.end)
        text += f"{name}={value}\n"
        where = Span(span.start, span.start + len(name))
        env.append(EnvVar(span, name, fact_of(value), EnvOrigin.POD, where, place))
    image = case.get("image")
    reference = parse_reference(image) if image else None
    use = ImageUse(NOWHERE, ImageRole.POD, image, Known(reference)) if image and reference else None
    gpus: Fact[GpuRequest] = UNKNOWN
    if "gpus" in case:
        gpus = Known(GpuRequest(NOWHERE, "nvidia.com/gpu", Known(float(case["gpus"]))))
    runtime = Runtime(
        PLATFORMS[case.get("kind", "pod")],
        case.get("owner", "Deployment"),
        case.get("container", "server"),
        NOWHERE,
        ImageDetails(None),
        gpus=gpus,
        ports=tuple(ContainerPort(port, Place(NOWHERE)) for port in case.get("ports", ())),
        restarts=case.get("restarts", True),
    )
    launch = Launch(
        Span(0, len(text)),
        use,
        words,
        case.get("complete", True),
        tuple(env),
        case.get("env_complete", True),
        runtime,
        "spec.containers[0]",
        case.get("appends"),
    )
    if "format" in case:
        launch = launch._replace(choice=RuntimeChoice(case.get("runtime", ""), case["format"]))
    return launch, text


def plain(value: object) -> object:
    if isinstance(value, Known):
        return value.value
    if value is ABSENT:
        return "absent"
    return "unknown" if value is UNKNOWN else value


def told(command: ServingCommand, question: str) -> object:
    method, _, name = question.partition(":")
    option = BY_NAME.get(name or method)
    if option and method in ("effective", option.name):
        return plain(command.effective(option) if name else command.option(option))
    if name:
        return plain(getattr(command, method)(name))
    value = getattr(command, method)
    return plain(value() if callable(value) else value)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text())["case"]
    ]


def test_the_cases_are_sorted_by_engine() -> None:
    files = {path.name for path in CASES.glob("*.toml")}
    wanted = {f"{name}.toml" for name in engines()}
    assert files <= wanted | {"other.toml", "shells.toml"}


@pytest.mark.parametrize("name", engines())
def test_the_cases_of_an_engine_are_about_it(name: str) -> None:
    path = CASES / f"{name}.toml"
    assert path.exists(), f"write cases of {name} into it: see what others have"
    found = tomllib.loads(path.read_text())["case"]
    assert any(case.get("expect", {}).get("engine") == name for case in found)


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= CASE_KEYS
    launch, text = launch_of(case)
    command = serving_command(launch)
    if case.get("none"):
        assert command is None
        return
    assert command is not None
    expected = case["expect"]
    assert expected
    assert {question: told(command, question) for question in expected} == expected
    assert_places(command, text)


def assert_places(command: ServingCommand, text: str) -> None:
    assert Span(0, len(text)).covers(command.span)
    for switch in command.switches:
        assert Span(0, len(text)).covers(switch.span)
        assert switch.span.covers(switch.value_span)
        written = text[switch.span.start : switch.span.end]
        assert switch.written in written
    for fact in command:
        if isinstance(fact, Known) and fact.span is not None:
            assert Span(0, len(text)).covers(fact.span)


def serve(*argv: str, image: str = "vllm/vllm-openai:v0.11.0", **rest: Any) -> ServingCommand:
    command = serving_command(launch_of({"argv": list(argv), "image": image, **rest})[0])
    assert command is not None
    return command


def test_the_command_is_where_the_model_is() -> None:
    assert serve("serve-is-no-model/x", "--port", "1").span == Span(0, 19)


def test_the_command_is_where_the_program_is_without_a_model() -> None:
    command = serve("exec", "tritonserver", "--strict-readiness", image="example.com/x:1")
    assert command.span == Span(5, 17)


def test_a_value_behind_an_equals_sign_has_its_own_place() -> None:
    (switch,) = serve("--port=8001").switches
    assert (switch.span, switch.value_span) == (Span(0, 11), Span(7, 11))


def test_a_quoted_word_is_the_place_of_its_value() -> None:
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0"})
    word = Word(Span(0, 13), '"--port=8001"', Known("--port=8001"))
    command = serving_command(launch._replace(argv=(word,), span=Span(0, 13)))
    assert command is not None
    assert command.option(PORT) == Known(8001, Span(0, 13))


def test_a_shell_in_a_block_keeps_exact_places() -> None:
    text = "exec vllm serve org/m-7b \\\n  --port 8001"
    raw = "|\n      exec vllm serve org/m-7b \\\n        --port 8001"
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0"})
    at = 30
    words = (
        Word(Span(0, 4), "bash", Known("bash")),
        Word(Span(6, 8), "-c", Known("-c")),
        Word(Span(at, at + len(raw)), raw, Known(text)),
    )
    command = serving_command(launch._replace(argv=words, appends=False))
    assert command is not None
    port = command.option(PORT)
    assert isinstance(port, Known)
    assert port.span is not None
    inside = Span(port.span.start - at, port.span.end - at)
    assert raw[inside.start : inside.end] == "8001"
    assert raw[command.span.start - at : command.span.end - at] == "org/m-7b"


def test_a_word_in_a_folded_text_has_its_place() -> None:
    text = "vllm serve org/m-7b --port 8001"
    raw = ">\n   vllm serve org/m-7b\n   --port 8001"
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0"})
    words = (
        Word(Span(0, 2), "sh", Known("sh")),
        Word(Span(3, 5), "-c", Known("-c")),
        Word(Span(6, 6 + len(raw)), raw, Known(text)),
    )
    command = serving_command(launch._replace(argv=words, appends=False))
    assert command is not None
    at = 6 + raw.index("8001")
    assert command.option(PORT) == Known(8001, Span(at, at + 4))


def test_a_text_whose_writing_is_not_at_hand_is_one_place() -> None:
    text = "vllm serve org/m-7b"
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0"})
    words = (
        Word(Span(0, 2), "sh", Known("sh")),
        Word(Span(3, 5), "-c", Known("-c")),
        Word(Span(6, 90), text, Known(text)),
    )
    command = serving_command(launch._replace(argv=words, appends=False))
    assert command is not None
    assert command.span == Span(6, 90)


def test_switches_answer_to_all_their_names() -> None:
    command = serve("m/x", "-tp", "2", "--trust_remote_code")
    assert command.switch("tensor-parallel-size") == command.switch("tp")
    assert plain(command.switch("tp")) == "2"
    assert plain(command.enabled("trust-remote-code")) is True
    assert command.enabled("enforce-eager") is ABSENT
    assert command.find_switch("enforce-eager") is None


def test_a_long_script_is_read_in_reasonable_time() -> None:
    lines = "\n".join(f"echo {number} words of no use" for number in range(3000))
    text = f"{lines}\nvllm serve org/m-7b"
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0", "argv": ["sh", "-c", text]})
    command = serving_command(launch)
    assert command is not None
    assert plain(command.model) == "org/m-7b"


def test_an_unknown_engine_has_no_facts() -> None:
    command = serve(image="example.com/x:1", gpus=1, ports=[8000])
    assert command.facts is None
    assert command.world_size() is UNKNOWN
    assert command.effective(PORT) is UNKNOWN
    assert command.effective(HOST) is UNKNOWN
    assert command.effective(MEMORY_FRACTION) is UNKNOWN
    assert command.spans_machines() is UNKNOWN
    assert command.switch("port") is UNKNOWN
    assert not command.uses_all_gpus


STARTS = "vllm serve bash -c sh tritonserver ollama llama-server lmdeploy api_server env A=b tini"
FLAGS = (
    "-- - --port --port= = --tensor-parallel-size -tp -1 nan $(A) --= --no- --config --api-key '"
)
WORDS = st.sampled_from(
    [
        *STARTS.split(),
        *FLAGS.split(),
        "exec vllm serve $X",
        "9" * 40,
        "{{ x }}",
        "vllm serve 'x",
        "é",
    ]
)
IMAGES = st.sampled_from(
    ["vllm/vllm-openai:v1", "ollama/ollama", "nvcr.io/nim/a/b:1", "lmsysorg/sglang", "x/y"]
)


@settings(max_examples=150, deadline=None)
@given(
    argv=st.lists(WORDS | st.text(max_size=12), max_size=10),
    image=IMAGES,
    env=st.dictionaries(
        st.sampled_from(["A", "OLLAMA_HOST", "NIM_SERVER_PORT"]), st.text(max_size=9)
    ),
    appends=st.sampled_from([None, True, False]),
)
def test_nothing_that_is_started_raises(
    *, argv: list[str], image: str, env: dict[str, str], appends: bool | None
) -> None:
    launch, text = launch_of({"argv": argv, "image": image, "env": env, "appends": appends})
    command = serving_command(launch)
    if command is None:
        return
    assert Span(0, len(text)).covers(command.span)
    for switch in command.switches:
        assert Span(0, len(text)).covers(switch.span)
    command.world_size()
    command.effective(PORT)
    command.effective(HOST)
    command.effective(MEMORY_FRACTION)
    command.spans_machines()
    assert isinstance(command.is_remote_model, bool)
    assert isinstance(command.is_local_path, bool)


def test_what_cannot_be_read_as_a_value_is_unknown() -> None:
    launch, _ = launch_of({"image": "vllm/vllm-openai:v0.11.0", "argv": ["m", "--port", "auto"]})
    command = serving_command(launch)
    assert command is not None
    assert command.option(PORT) is UNKNOWN
    assert command.effective(PORT) is UNKNOWN


def test_an_option_names_its_flag() -> None:
    launch, _ = launch_of({"image": "ollama/ollama"})
    command = serving_command(launch)
    assert command is not None
    assert (command.flag(HOST), command.flag(MEMORY_FRACTION)) == ("host", "")
