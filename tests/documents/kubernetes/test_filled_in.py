"""What the variables of a container are filled into does not grow without end."""

from __future__ import annotations

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.pods.variables import expand
from imagelint.documents.serving.command import ServingCommand

LONG = "y" * 8_000
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: vllm/vllm-openai:v0.11.0
    env: [{{name: A, value: {value}}}]
    args: [--model, Qwen/Qwen3-8B, {args}]
"""


def test_a_value_takes_so_much_and_no_more() -> None:
    known = {"A": Known(LONG), "B": Known("z" * 192), "C": Known("z")}
    assert expand(Known("$(A)$(B)$$"), known) == Known(LONG + "z" * 192 + "$")
    assert expand(Known("$(A)$(B)$(C)"), known) is UNKNOWN
    assert expand(Known("x" * 9_000 + "$(C)"), known) == Known("x" * 9_000 + "z")


def test_so_does_a_command_line() -> None:
    args = ", ".join(f"--x{number}=$(A)" for number in range(200))
    source = Source("pod.yaml", POD.format(value=LONG, args=args))
    (command,) = parse_manifest(source).nodes_of(ServingCommand)
    filled = [switch.value for switch in command.switches if switch.name.startswith("x")]
    assert Known(LONG) in [Known(fact.value) for fact in filled if isinstance(fact, Known)]
    assert sum(len(fact.value) for fact in filled if isinstance(fact, Known)) <= 1_010_000


def test_one_word_that_names_it_a_million_times_stays_as_it_is() -> None:
    source = Source("pod.yaml", POD.format(value=LONG, args=f"--x={'$(A)' * 200_000}"))
    (command,) = parse_manifest(source).nodes_of(ServingCommand)
    assert command.switches
