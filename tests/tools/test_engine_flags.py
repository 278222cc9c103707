"""Flags are read from the sources of engines, whatever they are written in."""

from __future__ import annotations

import io
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from imagelint.knowledge.engines import engines
from imagelint.knowledge.tables import table
from tools import engine_flags

if TYPE_CHECKING:
    from pathlib import Path

RUST = """
struct Args {
    /// The model.
    #[clap(default_value = "gpt2", long, env)]
    model_id: String,
    #[clap(long, short, env)]
    port: u16,
    #[clap(long, env)]
    #[redact(partial)]
    token: String,
    #[clap(short)]
    quiet: bool,
}

struct Other {
    #[clap(long)]
    inner: bool,
}
"""
ANNOTATED = """
class ServerArgs:
    model_path: A[str, Arg(help="The weights.", aliases=["--model"])]
    tp_size: A[int, Arg(cli_name="--tensor-parallel-size", aliases=["--tp-size"])] = 1
    host: A[str, "Where it listens."] = "127.0.0.1"
    hook: A[Any, Arg(no_cli=True)] = None
    inner: Annotated[int, Range(1)] = 0
    plain: str = ""
"""
CPP = """
    add_opt(common_arg(
        {"-c", "--ctx-size"}, "N", "size of the --context",
    ));
    add_opt(common_arg(
        {"--only-cli"}, "",
    ).set_examples({LLAMA_EXAMPLE_CLI}));
    add_opt(common_arg(
        {"--served"}, {"--no-served"}, "",
    ).set_examples({LLAMA_EXAMPLE_CLI, LLAMA_EXAMPLE_SERVER}));
    add_opt(common_arg(
        {"--draft"}, "the argument has been removed",
    ));
"""


def archive(folder: Path, name: str, member: str, text: str) -> None:
    """An archive of one file."""
    with tarfile.open(folder / name, "w:gz") as packed:
        entry = tarfile.TarInfo(member)
        entry.size = len(text)
        packed.addfile(entry, io.BytesIO(text.encode()))


def test_flags_of_rust_are_the_long_ones_of_the_launcher() -> None:
    assert list(engine_flags.flags_of_rust(RUST)) == ["model-id", "port", "token"]


def test_flags_of_annotated_fields_are_their_names_and_others() -> None:
    assert list(engine_flags.flags_of(ANNOTATED, "")) == [
        *("model-path", "model", "tensor-parallel-size", "tp-size", "host")
    ]


def test_flags_of_commands_are_their_parameters() -> None:
    text = "def v2(model_id: str, url_prefix: str = ''): ...\ndef other(name: str): ...\n"
    assert list(engine_flags.parameters_of(text, ("v2",))) == ["model-id", "url-prefix"]


# Of these no release was read, with the reason: a flag that they do not know is not told.
UNREAD = {
    "djl": "a model is told by the keys of serving.properties, which are handed on",
    "kserve-hf": "what its parser does not know it hands on (parse_known_args)",
    "mistral.rs": "one state of its sources is known, and no release",
    "nim": "it is told by variables, and its sources are not public",
    "nim-embedding": "it is told by variables, and its sources are not public",
    "ollama": "it is told by variables, and `ollama serve` has no flags",
    "ray": "a model is told by a file, or by words without dashes",
    "torchserve": "not read yet",
    "triton": "not read yet: its parser in C++ has another form",
    "xinference": "what its command does not know it hands on (ignore_unknown_options)",
}


@pytest.mark.parametrize("engine", engines())
def test_the_flags_of_every_engine_are_read(engine: str) -> None:
    assert (engine in table("engine_flags")["engines"]) is not (engine in UNREAD), (
        f"a project in PROJECTS of tools/engine_flags.py that reads {engine}, or its name in UNREAD"
    )


@pytest.mark.parametrize("engine", sorted(table("engine_flags")["engines"]))
def test_no_release_drops_most_of_its_flags(engine: str) -> None:
    told = table("engine_flags")["engines"][engine]
    held = sum(map(len, told["since"].values()))
    assert all(len(names) * 4 < held for names in told["gone"].values()), "sources were misread"


def test_flags_of_a_server_in_cpp_are_those_that_it_takes() -> None:
    assert list(engine_flags.flags_of_cpp(CPP)) == ["ctx-size", "served", "no-served"]


def test_the_history_of_releases_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = "common/arg.cpp"
    archive(tmp_path, "llama.cpp-b0-one.tar.gz", f"x/vendor/llama.cpp/{inside}", CPP)
    archive(tmp_path, "llama.cpp-b0-two.tar.gz", f"x/llama.cpp/{inside}", 'add_opt({"--old"})')
    archive(tmp_path, "llama.cpp-b9.tar.gz", f"x/llama.cpp/{inside}", 'add_opt({"--served"})')
    monkeypatch.setattr(sys, "argv", ["engine_flags", "llama.cpp", str(tmp_path)])
    engine_flags.main()
    written = capsys.readouterr().out
    assert '"b0", "b9"' in written
    assert '"b0" = [\n  "ctx-size", "no-served", "old", "served",\n]' in written
    assert '"b9" = [\n  "ctx-size", "no-served", "old",\n]' in written
