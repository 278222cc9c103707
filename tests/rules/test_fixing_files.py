"""Every fix of every rule, made by the program in the files of all cases that have one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import dockerfile
import pytest
import yaml

from imagelint.policy.builtin import PACKS
from tests.examples import examples
from tests.rules.projects import all_cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Program

EVERYTHING = [word for pack in PACKS for word in ("--policy", pack)]


def lay_out(folder: Path) -> dict[Path, bytes]:
    """Each case in a folder of its own; what there is, by its path."""
    texts: dict[Path, bytes] = {}
    for number, case in enumerate(case for case in all_cases() if case.fixed):
        for name, text in case.files.items():
            path = folder / str(number) / name
            if folder in path.resolve().parents and not name.endswith("imagelint.yaml"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="")
                texts[path] = path.read_bytes()
    return texts


def instructions(data: bytes) -> list[str] | None:
    """The keywords that BuildKit's parser reads; None for what it refuses."""
    try:
        return [each.cmd.upper() for each in dockerfile.parse_string(data.decode())]
    except (dockerfile.GoParseError, UnicodeDecodeError):
        return None


def documents(data: bytes) -> int | None:
    """How many documents libyaml reads; None for what it refuses."""
    try:
        return len(list(yaml.compose_all(data.decode(), Loader=yaml.CSafeLoader)))
    except yaml.YAMLError:
        return None


@pytest.fixture
def mended(program: Program, here: Path) -> dict[Path, tuple[bytes, bytes]]:
    """The files that all fixes change, before and after."""
    before = lay_out(here)
    answer = program("fix", "--unsafe", "--quiet", *EVERYTHING)
    assert "would not mend it" not in answer.err
    return {
        path: (data, path.read_bytes())
        for path, data in before.items()
        if path.read_bytes() != data
    }


def test_what_could_be_read_still_can_and_a_second_time_changes_nothing(
    mended: dict[Path, tuple[bytes, bytes]], program: Program
) -> None:
    assert len(mended) > 50
    for path, (before, after) in mended.items():
        if "ockerfile" in path.name and instructions(before) is not None:
            assert instructions(after) is not None, (path, after)
        if path.suffix in (".yaml", ".yml") and documents(before) is not None:
            assert documents(after) == documents(before), (path, after)
    again = program("fix", "--unsafe", "--check", *EVERYTHING)
    assert again.out == ""


def instructions_of(text: str) -> Iterator[str]:
    """The instructions of a Dockerfile, without comments; none where that is not easily told."""
    if "<<" in text or "escape=" in text:
        return
    lines: list[str] = []
    for line in text.splitlines():
        inside = bool(lines) and (not line.strip() or line.lstrip().startswith("#"))
        if not lines and (not line.strip() or line.startswith("#")):
            continue
        lines.append(line)
        if not inside and not line.rstrip().endswith("\\"):
            yield "\n".join(lines)
            lines = []


def shuffled(random: Random) -> Iterator[str]:
    """Dockerfiles of instructions, and files of objects, that stand together in no case."""
    files = [item for case in all_cases() if case.fixed for item in sorted(case.files.items())]
    every = [one for name, text in files if "ockerfile" in name for one in instructions_of(text)]
    bases = [one for one in every if one.upper().startswith("FROM")]
    others = [one for one in every if not one.upper().startswith("FROM")]
    objects = [text for name, text in files if name.startswith("pod") and documents(text.encode())]
    while True:
        parts: list[str] = []
        for _ in range(random.randint(1, 2)):
            parts.append(random.choice(bases))
            for one in random.choices(others, k=random.randint(2, 9)):
                parts += random.choice(([one], [one], [one, ""], ["# note", one], [f"  {one}"]))
        feed = random.choice(("\n", "\n", "\r\n"))
        yield feed.join("\n".join(parts).split("\n")) + random.choice((feed, ""))
        yield "\n---\n".join(random.choices(objects, k=random.randint(1, 3)))


def test_fixes_that_have_not_met_before_get_along(program: Program, here: Path) -> None:
    made = shuffled(Random(10))  # noqa: S311 - the same files every time
    texts: dict[Path, bytes] = {}
    for number in range(examples(6).max_examples):
        for name in ("Dockerfile", "pod.yaml"):
            path = here / str(number) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(next(made), encoding="utf-8", newline="")
            texts[path] = path.read_bytes()
    answer = program("fix", "--unsafe", "--quiet", *EVERYTHING)
    assert "would not mend it" not in answer.err
    for path, before in texts.items():
        after = path.read_bytes()
        read = instructions if path.name == "Dockerfile" else documents
        assert read(before) is None or read(after) is not None, (path, before, after)
        if b"\n" in before.replace(b"\r\n", b""):
            continue
        assert b"\n" not in after.replace(b"\r\n", b""), (path, before, after)
    again = program("fix", "--unsafe", "--check", *EVERYTHING)
    assert again.out == ""
