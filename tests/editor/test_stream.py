"""Of a long stream of manifests only what a keystroke touches is judged again."""

from __future__ import annotations

import random
from functools import partial

import pytest

from imagelint.cli.options.policy import PolicyOptions
from imagelint.core.source import Source
from imagelint.editor.judging import Judge, Judgement
from imagelint.editor.partial import LONG
from imagelint.editor.stream import part_of

OPEN = partial(PolicyOptions().open, (".",))
ONE = """---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: server
          image: vllm/vllm-openai:v0.9.0
          args: [--model, Qwen/Qwen3-8B, --port, "8000", --tensor-parallel-size, "{number}"]
          ports: [{{containerPort: 8000, name: http}}]
          resources: {{limits: {{nvidia.com/gpu: 2}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80, targetPort: http}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: scaler-of-{name}}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: 1
  maxReplicas: {number}
"""
STREAM = "".join(ONE.format(name=f"model-{each}", number=each) for each in range(1, 9))


NEEDS_ALL = "scaler-without-target"
"""It tells which other may be meant where there is only one: the folder decides, soon after."""


def said(judged: Judgement) -> list[tuple[object, ...]]:
    """What is said, and where, in an order of its own; a cause is a place, if there is any."""
    findings = (
        (one.location.span, one.rule, one.severity, one._replace(cause=one.cause.split(" ")[0]))
        for one in judged.findings
        if one.rule != NEEDS_ALL
    )
    return sorted(findings)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_of_a_part_is_what_is_said_of_the_whole(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits every time
    judge, whole = Judge(OPEN), Judge(OPEN)
    text = STREAM
    judge.typed("all.yaml", text)
    for _ in range(12):
        at = chance.randrange(len(text))
        typed = chance.choice(("a", " ", "\n", "1", "", "\n---\n", "# x\n", ":"))
        text = f"{text[: at if typed else at - 1]}{typed}{text[at:]}"
        part, all_of_it = judge.typed("all.yaml", text), whole.alone("all.yaml", text)
        assert [one.detail for one in part.problems] == [one.detail for one in all_of_it.problems]
        if part.problems:  # what can be read is told of all the same
            judge.forget()
        else:
            assert said(part) == said(all_of_it), at
        if chance.random() < 0.5:
            text = STREAM
            judge.typed("all.yaml", text)


def test_what_can_still_be_read_keeps_what_is_said_of_it() -> None:
    judge = Judge(OPEN)
    before = judge.typed("all.yaml", STREAM)
    broken = STREAM.replace("kind: Service", "kind: [Service", 1)
    part = judge.typed("all.yaml", broken)
    assert [one.kind.value for one in part.problems] == ["unparsable"]
    kept = {one.subject for one in part.findings}
    assert kept == {one.subject for one in before.findings if "model-1" not in str(one)}


def test_only_what_shares_a_name_with_what_is_typed_is_judged() -> None:
    after = STREAM.replace("name: model-3}", "name: model-3x}", 1)
    part = part_of(STREAM, after)
    assert part is not None
    assert len(part.text) == len(after)
    kept = [text for text in part.text.split("---") if text.strip()]
    assert [text.split("kind: ")[1].split()[0] for text in kept] == [
        *("Deployment", "Service", "HorizontalPodAutoscaler")
    ]
    assert all("model-3" in text for text in kept)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STREAM[: LONG // 2], STREAM[: LONG // 2] + "#"),
        (STREAM, STREAM.replace("\n---", "\n--", 1)),
        (STREAM, STREAM.replace("kind: Service", "kind: {{ .kind }}", 1)),
        (STREAM, STREAM.replace("\n---", "\n...\n---", 1)),
        (STREAM, STREAM.replace("replicas: 1", "replicas: 2")),
    ],
    ids=["short", "one-less", "template", "end", "most-of-them"],
)
def test_a_text_is_judged_whole_where_its_parts_are_not_apart(before: str, after: str) -> None:
    assert part_of(before, after) is None


def test_what_went_on_is_placed_by_its_lines() -> None:
    judge = Judge(OPEN)
    judge.typed("all.yaml", STREAM)
    text = STREAM.replace("replicas: 1\n", "replicas: 1\n  paused: false\n\n", 1)
    source = Source("all.yaml", text)
    found = judge.typed("all.yaml", text).findings
    assert found
    for one in found:
        assert one.location.start == source.position(one.location.span.start)
        assert one.location.end == source.position(one.location.span.end)
        assert source.line(one.location.excerpt.first_line) == one.location.excerpt.lines[0]
