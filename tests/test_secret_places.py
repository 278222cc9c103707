"""Secrets of every shape are found at every place, and shown in no format."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.reportoptions import FORMATS
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Program

# Made up, and put together here so that no scanner of repositories takes them for real ones.
PLAIN = "correct-" + "horse-77x"
TOKEN = "hf_" + "WnPvRmQkzTb" + "sJgHfAuEoXcLdYIrNqZtVwB"
SHAPES = {
    "a name": ("DB_PASSWORD", PLAIN, PLAIN),
    "a name without marks": ("PGPASSWORD", PLAIN, PLAIN),
    "a vendor's key": ("OPENAI_KEY", PLAIN, PLAIN),
    "an address": ("DATABASE_URL", f"postgresql://app:{PLAIN}@db:5432/app", PLAIN),
    "a token": ("SOMETHING", TOKEN, TOKEN),
}
RULES = {
    *("literal-secret-env", "secret-in-args", "secret-in-build", "secret-in-config"),
    "secret-value",
}
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n"
POD += "      image: example.com/a:1.0\n"
OBJECT = "apiVersion: v1\nkind: %s\nmetadata: {name: a}\n%s:\n  %s: %s\n"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
COMPOSE = "services:\n  a:\n    image: example.com/a:1.0\n"


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


PLACES: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "ENV": ("Dockerfile", lambda name, value: f"FROM alpine\nENV {name}={value}\n"),
    "ARG": ("Dockerfile", lambda name, value: f"FROM alpine\nARG {name}={value}\n"),
    "RUN": ("Dockerfile", lambda name, value: f"FROM alpine\nRUN export {name}={value} && ./x\n"),
    "build arg": (
        "compose.yaml",
        lambda n, v: f"services:\n  a:\n    build:\n      context: .\n      args: {{{n}: '{v}'}}\n",
    ),
    "--build-arg": (
        "Dockerfile",
        lambda name, value: f"FROM alpine\nRUN docker build --build-arg {name}={value} .\n",
    ),
    "env of a pod": (
        "pod.yaml",
        lambda name, value: POD + f"      env: [{{name: {name}, value: '{value}'}}]\n",
    ),
    "args of a pod": (
        "pod.yaml",
        lambda name, value: POD + f"      args: ['--{name.lower()}={value}']\n",
    ),
    "ConfigMap": ("a.yaml", lambda name, value: OBJECT % ("ConfigMap", "data", name, value)),
    "Secret, encoded": (
        "a.yaml",
        lambda name, value: OBJECT % ("Secret", "data", name, encoded(value)),
    ),
    "Secret": ("a.yaml", lambda name, value: OBJECT % ("Secret", "stringData", name, value)),
    "environment of compose": (
        "compose.yaml",
        lambda name, value: COMPOSE + f"    environment: ['{name}={value}']\n",
    ),
    "command of compose": (
        "compose.yaml",
        lambda name, value: COMPOSE + f"    command: run --{name.lower()}={value}\n",
    ),
    "environment file": (".env", lambda name, value: f"{name}={value}\n"),
    "values": ("values.yaml", lambda name, value: f"a:\n  {name}: {value}\n"),
    "secretGenerator": (
        "kustomization.yaml",
        lambda n, v: KUSTOMIZATION + f"secretGenerator: [{{name: a, literals: ['{n}={v}']}}]\n",
    ),
    "configMapGenerator": (
        "kustomization.yaml",
        lambda n, v: KUSTOMIZATION + f"configMapGenerator: [{{name: a, literals: ['{n}={v}']}}]\n",
    ),
}
NAMES = [
    "TOKENIZERS_PARALLELISM",
    "MAX_TOKENS",
    "VLLM_TOKENIZER_MODE",
    "TIKTOKEN_CACHE_DIR",
    "EOS_TOKEN",
    "EOS_TOKEN_ID",
    "PAD_TOKEN",
    "PAD_TOKEN_ID",
    "BOS_TOKEN",
    "HF_TOKEN_PATH",
    "TOKENIZER",
    "TOKEN_LIMIT",
    "USERNAME",
    "DB_PASSWORD_FILE",
    "VLLM_MAX_BATCHED_TOKENS",
    "SECRET_NAME",
    "TOKEN_URL",
    "PUBLIC_KEY",
    "KEY",
    "SORT_KEY",
    "GPG_KEY",
    "AUTHOR",
    "COMPASS",
    "PASSTHROUGH",
    "MONKEY",
    "SECRETARY",
    "PASSWORD_MIN_LENGTH",
    "NEXT_TOKEN",
    "AWS_NO_CREDENTIALS",
    "SKIP_TOKEN_CHECK",
    "USE_API_KEY",
    "REQUIRE_PASSWORD",
    "HF_TOKEN_FILE",
    "SECRET_MANAGER_REGION",
    "PASSWORD_POLICY",
    "TOKEN_TTL_SECONDS",
    "SECRETS_BACKEND",
    "API_KEY_HEADER",
    "IMAGE_PULL_SECRET",
    "CACHE_KEY",
    "PRIMARY_KEY",
    "PARTITION_KEY",
    "SECRET_STORE",
    "CREDENTIALS_DIR",
    "TOKEN_LIMITS",
    "ALLOW_EMPTY_PASSWORD",
    "TOKEN_COUNT",
    "PASSWORDLESS",
    "BYPASS",
    "MAX_NEW_TOKENS",
    "MAX_INPUT_TOKENS",
    "MAX_TOTAL_TOKENS",
    "MAX_BATCH_PREFILL_TOKENS",
    "MAX_BATCH_TOTAL_TOKENS",
    "TOKENIZER_PATH",
    "MAX_PROMPT_TOKENS",
    "SPECIAL_TOKEN",
    "STOP_TOKEN",
    "THINK_TOKEN",
    "NUM_TOKENS",
    "MIN_TOKENS",
    "TOKENS_PER_SECOND",
    "TOKEN_BUCKET_SIZE",
    "IMAGE_TOKEN",
    "VISION_TOKEN",
    "AUDIO_TOKEN",
    "MASK_TOKEN",
    "MODEL_ID",
    "HF_HOME",
    "CUDA_VERSION",
]
VALUES = [
    "changeme",
    "EMPTY",
    "ollama",
    "lm-studio",
    "token-abc123",
    "sk-no-key-required",
    "nvapi-NVKEY",
    "GOOGLE_API_KEY_VAL",
    "@@API_KEY@@",
    "API_KEY_PLACEHOLDER",
    "<token>",
    "${API_KEY}",
    "$(API_KEY)",
    "REPLACE_ME",
    "your-key",
    "YOUR_API_KEY",
    "none",
    "null",
    "dummy",
    "dummy-key",
    "fake-token",
    "placeholder",
    "not-needed",
    "no-key-needed",
    "xxxx",
    "hf_xxxx",
    "sk-xxxx",
    "/run/secrets/token",
    "./token.txt",
    "file:///etc/token",
    "os.environ/OPENAI_API_KEY",
    "true",
    "false",
    "op://vault/item/field",
    "vault:secret/data/x#y",
    "arn:aws:secretsmanager:eu-west-1:1:secret:x",
    "insert_here",
    "change-me-now",
    "HF_TOKEN",
    "API_KEY",
    "sglang",
    "vllm",
    "todo",
]


def planted() -> Iterator[tuple[str, str, str]]:
    for shape, (name, value, _) in SHAPES.items():
        for place, (file, text) in PLACES.items():
            yield f"{shape} in {place}", file, text(name, value)


def harmless() -> Iterator[tuple[str, str, str]]:
    pairs = [(name, "correct-horse-77x") for name in NAMES]
    pairs += [("API_KEY", value) for value in VALUES]
    for number, (name, value) in enumerate(pairs):
        entry = f"    environment:\n      {name}: '{value}'\n"
        yield f"{number} env", "compose.yaml", COMPOSE + entry
        yield f"{number} map", "a.yaml", OBJECT % ("ConfigMap", "data", name, f"'{value}'")


def write(here: Path, files: Iterator[tuple[str, str, str]]) -> dict[str, str]:
    """The files, each in a folder of its own; the cases by the names of these."""
    cases = {}
    for number, (case, name, text) in enumerate(files):
        folder = here / f"case{number}"
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
        cases[folder.name] = case
    return cases


def found(program: Program) -> set[str]:
    """The folders about which a rule of the family speaks."""
    only = [f"--rule={name}=off" for name in catalog.names() if name not in RULES]
    answer = program("check", *only, "--format", "json")
    findings = json.loads(answer.out)["findings"]
    return {finding["location"]["origin"].split("/")[0] for finding in findings}


def test_every_shape_is_found_at_every_place(program: Program, here: Path) -> None:
    cases = write(here, planted())
    assert [case for folder, case in cases.items() if folder not in found(program)] == []


def test_what_only_looks_like_it_is_left_alone(program: Program, here: Path) -> None:
    cases = write(here, harmless())
    assert len(cases) >= 100
    assert [cases[folder] for folder in found(program)] == []


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_shows_one(program: Program, here: Path, format_: str) -> None:
    write(here, planted())
    answer = program("check", "--policy", "strict", "--format", format_)
    hidden = (PLAIN, TOKEN, encoded(PLAIN), encoded(TOKEN))
    assert [line for line in answer.out.splitlines() if any(one in line for one in hidden)] == []
