"""Of a Dockerfile with many stages only what a keystroke touches is judged again."""

from __future__ import annotations

import random
from functools import partial

import pytest

from imagelint.cli.options.policy import PolicyOptions
from imagelint.editor.judging import Judge, Judgement
from imagelint.editor.partial import LONG
from imagelint.editor.stages import part_of

OPEN = partial(PolicyOptions().open, (".",))
ONE = """
# what {name} needs
FROM python:3.12 AS {name}-base
ENV {name}_home=/opt/{name} PATH=/opt/{name}/bin:$PATH
RUN apt-get update && apt-get install -y curl
RUN <<EOF
pip install torch==2.5.1
FROM=nothing
EOF

FROM {name}-base AS {name}
WORKDIR /app
COPY --from={name}-wheels /wheels /wheels
RUN pip install vllm==0.11.0 && curl http://example.com/{name}.sh | sh
RUN --mount=type=bind,from={name}-base,target=/base cp /base/x . && echo $other_home
USER root
CMD python -m {name}

FROM debian:12 AS {name}-wheels
RUN apt-get install -y git
"""
NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight")
TEXT = "ARG TAG=12\n" + "".join(ONE.format(name=name) for name in NAMES)


def said(judged: Judgement) -> list[tuple[object, ...]]:
    """What is said, and where, in an order of its own."""
    return sorted((one.location.span, one.rule, one) for one in judged.findings)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_of_some_stages_is_what_is_said_of_the_whole(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits every time
    judge, whole = Judge(OPEN), Judge(OPEN)
    text, parts = TEXT, 0
    judge.typed("Dockerfile", text)
    for _ in range(16):
        before, at = text, chance.randrange(len(text))
        typed = chance.choice(
            ("a", " ", "\n", "1", "", "\\\n", "# x\n", "\nFROM x\n", "\nUSER 0\n")
        )
        text = f"{text[: at if typed else at - 1]}{typed}{text[at:]}"
        parts += part_of(before, text) is not None
        assert said(judge.typed("Dockerfile", text)) == said(whole.alone("Dockerfile", text)), at
        if chance.random() < 0.3:  # all that was typed is undone, in several stages at once
            text = TEXT
            judge.typed("Dockerfile", text)
    assert parts


def kept(before: str, after: str) -> list[str]:
    """The names of the stages that are judged of a changed text."""
    part = part_of(before, after)
    assert part is not None
    assert len(part.text) == len(after)
    assert part.text.count("\nFROM ") == after.count("\nFROM ")
    texts = (after[span.start : span.end] for span in part.judged)
    return [text.split(" AS ")[1].split("\n")[0] for text in texts]


def test_only_what_stands_upon_a_stage_or_is_copied_to_it_is_judged_with_it() -> None:
    after = TEXT.replace("python -m three", "python -m threex")
    assert kept(TEXT, after) == ["three-base", "three", "three-wheels"]


def test_a_stage_that_is_copied_from_by_its_number_is_judged_with_it() -> None:
    text = TEXT.replace("--from=eight-wheels", "--from=1", 1)
    judged = kept(text, text.replace("python:3.12 AS one-base", "python:3.13 AS one-base"))
    assert judged == ["one-base", "one", "one-wheels", "eight-base", "eight"]


def test_a_stage_that_gets_another_name_is_judged_with_those_that_use_either() -> None:
    after = TEXT.replace("debian:12 AS two-wheels", "debian:12 AS six-wheels")
    assert set(kept(TEXT, after)) >= {"two", "two-base", "six-wheels", "six", "six-base"}


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("ARG OF=ix\n", "s${OF}-wheels"),
        ("ARG OF=ix\nARG BASE=s${OF}-wheels\n", "$BASE"),
        ("ARG BASE\n", "${BASE:-six-wheels}"),
    ],
)
def test_a_stage_that_variables_name_is_judged_with_what_stands_upon_it(
    head: str, base: str
) -> None:
    text = f"{head}{TEXT}FROM {base} AS last\n"
    assert kept(text, text.replace("python -m six", "python -m sixth"))[-1] == "last"


TICKS = "# escape=`\n" + TEXT.replace("update &&", "update `\n &&")


def test_parser_directives_hold_for_the_stages_that_are_judged() -> None:
    after = TICKS.replace("python -m six", "python -m sixth")
    part = part_of(TICKS, after)
    assert part is not None
    assert part.text.startswith("# escape=`\n")
    judge = Judge(OPEN)
    judge.typed("Dockerfile", TICKS)
    assert said(judge.typed("Dockerfile", after)) == said(Judge(OPEN).alone("Dockerfile", after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"# check=skip=none\n{TEXT[11:]}", f"# check=skip=all\n{TEXT[11:]}"),
        (TEXT[: LONG // 2], TEXT[: LONG // 2] + "#"),
        (TEXT, TEXT + "\nFROM alpine\n"),
        (TEXT, TEXT.replace("TAG=12", "TAG=13")),
        (TEXT, TEXT.replace("USER root", "USER 0")),
        (
            f"{TEXT}# imagelint: allow root-user in file -- as it is\n",
            f"{TEXT}# imagelint: allow root-user in file -- as it was\n",
        ),
        (f"{TEXT}# hadolint global ignore=DL3002\n", f"{TEXT} # hadolint global ignore=DL3002\n"),
    ],
    ids=[
        "directive",
        "short",
        "one-more",
        "argument",
        "all-of-them",
        "for-the-file",
        "for-hadolint",
    ],
)
def test_a_text_is_judged_whole_where_its_stages_are_not_apart(before: str, after: str) -> None:
    assert part_of(before, after) is None
