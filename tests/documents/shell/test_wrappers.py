from __future__ import annotations

import pytest

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.shell.script import Word
from imagelint.documents.shell.wrappers import FETCHING, WRAPPERS, unwrap


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(Span(0, 0), word, Known(word)) for word in text.split())


def started(text: str, *, fetched: bool = False) -> str:
    given = words(text)
    return " ".join(word.text for word in given[unwrap(given, fetched=fetched).start :])


@pytest.mark.parametrize(
    "text",
    [
        "sudo -E -u me P a",
        "env -u X A=1 P a",
        "conda run --no-capture-output -n gpu P a",
        "micromamba -r /opt/m run -n gpu P a",
        "pixi run --manifest-path /app/pixi.toml P a",
        "poetry -C /app run P a",
        "uv --directory /app run --no-sync P a",
        "hatch env run -e prod P a",
        "rye run P a",
        "opentelemetry-instrument --traces_exporter console P a",
        "ddtrace-run P a",
        "newrelic-admin run-program P a",
        "scl enable gcc-toolset-12 other -- P a",
        "runuser -u me -- P a",
        "flock -w 5 /tmp/lock P a",
        "s6-setuidgid me P a",
        "chpst -u me P a",
        "setarch x86_64 -R P a",
        "linux32 P a",
        "chrt -f 10 P a",
        "strace -f -o /tmp/trace P a",
        "wait-for-it.sh db:5432 -t 30 -- P a",
        "dockerize -wait tcp://db:5432 P a",
        "doppler run -p x -- P a",
        "dotenv -f /app/.env run P a",
        "direnv exec /app P a",
        "mise x python@3.12 -- P a",
        "nix develop /app -c P a",
        "tini -s -- sudo env A=1 P a",
        "torchrun --nproc-per-node 4 --standalone P a",
        "python3.11 -m torch.distributed.run --nproc_per_node=4 P a",
        "deepspeed --num_gpus 4 P a",
        "accelerate launch --num_processes 4 P a",
        "accelerate launch --num-processes 4 --mixed-precision bf16 P a",
        "mpirun --allow-run-as-root -n 4 --mca btl self -x A P a",
    ],
)
def test_a_wrapper_starts_what_stands_behind_its_own_words(text: str) -> None:
    assert started(text) == "P a"


@pytest.mark.parametrize(
    "text",
    [
        "conda install -n gpu P",
        "pixi add P",
        "scl enable gcc-toolset-12 P",
        "mise install P",
        "runuser -l me -c P",
        "runuser me -c P",
        "flock /tmp/lock -c P",
        "strace -p 1 P",
        "chrt -p 1 P",
        "doppler run --command P",
        "hatch build P",
        "poetry -C /app",
        "newrelic-admin",
        "uvx P a",
        "uv tool run P a",
        "pipx run P a",
    ],
)
def test_what_starts_nothing_that_can_be_seen_is_itself_the_command(text: str) -> None:
    assert started(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "torchrun --nproc-per-node 4 -m P.m a",
        "python -m torch.distributed.launch --nproc_per_node 4 --module P.m a",
        "deepspeed --num_gpus 4 --module P.m a",
        "accelerate launch -m P.m a",
        "uv run --no-sync -m P.m a",
        "sudo torchrun -m P.m a",
    ],
)
def test_a_module_may_stand_in_the_place_of_the_program(text: str) -> None:
    assert started(text) == "P.m a"


@pytest.mark.parametrize(
    "text", ["python -m torch.distributed", "python -m other P a", "python P a", "accelerate env"]
)
def test_what_starts_no_module_is_no_launcher(text: str) -> None:
    assert started(text) == text


@pytest.mark.parametrize(
    "text", ["uvx --from x==1 P a", "uv tool run P a", "uv run P a", "pipx run --spec x P a"]
)
def test_programs_that_are_fetched_first_are_seen_where_it_is_asked_for(text: str) -> None:
    assert started(text, fetched=True) == "P a"


def test_only_what_fetches_packages_is_looked_through_on_demand() -> None:
    assert {*FETCHING} - {*WRAPPERS} == {"uvx", "pipx"}
