"""Secrets of every shape are found at every place, and shown in no format."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.options.formats import FORMATS
from imagelint.core.report import ExitCode
from imagelint.core.secret_forms import FORMS
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
# What tells a secret without a name for it: each form of `core.secret_forms`, at least once.
HEX = "5c1e0" * 8
SERIAL = f"ci-{HEX[:8]}-{HEX[:4]}-{HEX[:4]}-{HEX[:4]}-{HEX[:12]}"
SALTED = "$6$" + "sAl7" + "$" + "Kq9Zt1Wn" * 4
AUTH = b64encode(f"ci:{PLAIN}".encode()).decode()
TOLD = {
    f"psql postgresql://app:{PLAIN}@db:5432/app": PLAIN,
    f"git clone https://{TOKEN}@git.example.com/a/b": TOKEN,
    f"git clone https://{PLAIN}-0123@git.example.com/a/b": PLAIN,
    f"pip install git+https://{PLAIN}:x-oauth-basic@git.example.com/a/b": PLAIN,
    f"curl -O https://s3.example.com/m.bin?X-Amz-Expires=600&X-Amz-Signature={HEX}": HEX,
    f"curl -O https://gs.example.com/m.bin?X-Goog-Expires=9&X-Goog-Signature={HEX}": HEX,
    f"curl -O https://blob.example.com/m.bin?sv=2022-11-02&sig={HEX}%3D": HEX,
    f"curl -H Authorization:{PLAIN} https://example.com": PLAIN,
    f"curl -H 'X-Auth: Bearer {PLAIN}' https://example.com": PLAIN,
    f"curl -u ci:{PLAIN} https://example.com": PLAIN,
    f"echo root:{PLAIN} | chpasswd": PLAIN,
    f"printf 'root:{PLAIN}' | chpasswd -e": PLAIN,
    f"chpasswd <<< root:{PLAIN}": PLAIN,
    f"echo {PLAIN} | docker login -u ci --password-stdin registry.example.com": PLAIN,
    f"printf '%s' '{PLAIN}' | docker login --password-stdin registry.example.com": PLAIN,
    f"docker login -u ci --password-stdin registry.example.com <<< '{PLAIN}'": PLAIN,
    f"echo {PLAIN} | gh auth login --with-token": PLAIN,
    f"echo {PLAIN} | passwd --stdin root": PLAIN,
    f"aws configure set aws_secret_access_key {PLAIN}": PLAIN,
    f"aws configure set default.aws_session_token {PLAIN}": PLAIN,
    f"npm config set //npm.example.com/:_authToken {PLAIN}": PLAIN,
    f"npm config set _auth {AUTH}": AUTH,
    f"poetry config pypi-token.pypi {PLAIN}": PLAIN,
    f"wandb login {PLAIN}": PLAIN,
    f"wandb login --relogin --host=https://w.example.com {PLAIN}": PLAIN,
    f"hf auth login --token {PLAIN}": PLAIN,
    f"ngrok login {PLAIN}": PLAIN,
    f'echo \'{{"auths": {{"r.example.com": {{"auth": "{AUTH}"}}}}}}\' > config.json': AUTH,
    f"openssl pkcs12 -in a -passin pass:{PLAIN}": PLAIN,
    f"openssl passwd -1 -salt xyz {PLAIN}": PLAIN,
    f"docker login -u ci -p {PLAIN} registry.example.com": PLAIN,
    f"helm registry login r.example.com -u ci -p '{PLAIN}'": PLAIN,
    f"mysql -u root -p{PLAIN} app": PLAIN,
    f"sshpass -p {PLAIN} ssh host": PLAIN,
    f"redis-cli -h cache -a {PLAIN} ping": PLAIN,
    f"redis-server --port 6379 --requirepass {PLAIN}": PLAIN,
    f"useradd -m -p '{SALTED}' app": SALTED,
    f"useradd -m -p {PLAIN} app": PLAIN,
    f"usermod --password {PLAIN} app": PLAIN,
    f"ldapsearch -x -w {PLAIN} -b dc=a": PLAIN,
    f"unzip -P {PLAIN} a.zip": PLAIN,
    f"echo 'machine git.example.com login ci password {PLAIN}' > /root/.netrc": PLAIN,
    f"printf 'machine a.example.com\\nlogin ci\\npassword {PLAIN}\\n' > ~/.netrc": PLAIN,
    f"echo 'user = \"ci:{PLAIN}\"' > ~/.curlrc": PLAIN,
    f"echo 'db.example.com:5432:prod:app:{PLAIN}' > ~/.pgpass": PLAIN,
    f"echo '<server><password>{PLAIN}</password></server>' > ~/.m2/settings.xml": PLAIN,
    f"composer config --global http-basic.repo.example.com ci {PLAIN}": PLAIN,
    f"bundle config set --global gems.example.com ci:{PLAIN}": PLAIN,
    f"conda config --add channels https://c.example.com/t/{SERIAL}/main": SERIAL,
    f"conda config --add channels https://conda.anaconda.org/t/{PLAIN}/main": PLAIN,
    f"echo 'requirepass {PLAIN}' >> /etc/redis.conf": PLAIN,
    f"echo requirepass {PLAIN}/7w >> /etc/redis.conf": f"{PLAIN}/7w",
    f"htpasswd -bc /etc/users app {PLAIN}": PLAIN,
    f"HF_TOKEN=$'{PLAIN}' ./fetch": PLAIN,
    f"./fetch --api-key {PLAIN}": PLAIN,
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


WORKFLOW = """\
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: docker build -t a .
"""
BUILD_STEP = """\
      - uses: docker/build-push-action@v6
        with:
          build-args: |
"""
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
    "labels of compose": (
        "compose.yaml",
        lambda name, value: COMPOSE + f"    labels: {{{name}: '{value}'}}\n",
    ),
    "args of bake": (
        "docker-bake.hcl",
        lambda name, value: f'target "a" {{\n  args = {{\n    {name} = "{value}"\n  }}\n}}\n',
    ),
    "env of a workflow": (
        ".github/workflows/a.yaml",
        lambda name, value: WORKFLOW + f"        env: {{{name}: '{value}'}}\n",
    ),
    "build arguments of a workflow": (
        ".github/workflows/a.yaml",
        lambda name, value: WORKFLOW + BUILD_STEP + f"            {name}={value}\n",
    ),
    "secretGenerator": (
        "kustomization.yaml",
        lambda n, v: KUSTOMIZATION + f"secretGenerator: [{{name: a, literals: ['{n}={v}']}}]\n",
    ),
    "configMapGenerator": (
        "kustomization.yaml",
        lambda n, v: KUSTOMIZATION + f"configMapGenerator: [{{name: a, literals: ['{n}={v}']}}]\n",
    ),
}
# Where a command line may stand; each is given it with one indentation.
COMMANDS: dict[str, tuple[str, Callable[[str], str]]] = {
    "RUN": ("Dockerfile", lambda line: f"FROM alpine\nRUN {line}\n"),
    "RUN of several lines": (
        "Dockerfile",
        lambda line: f"FROM alpine\nRUN true && \\\n    {line} && \\\n    true\n",
    ),
    "here-document": ("Dockerfile", lambda line: f"FROM alpine\nRUN <<END\n{line}\nEND\n"),
    "CMD": ("Dockerfile", lambda line: f"FROM alpine\nCMD {line}\n"),
    "HEALTHCHECK": ("Dockerfile", lambda line: f"FROM alpine\nHEALTHCHECK CMD {line}\n"),
    "words of CMD": (
        "Dockerfile",
        lambda line: f"FROM alpine\nCMD {json.dumps(['bash', '-c', line])}\n",
    ),
    "script of a pod": (
        "pod.yaml",
        lambda line: (
            POD + f"      command: [bash, -c]\n      args:\n        - |\n          {line}\n"
        ),
    ),
    "hook of a pod": (
        "pod.yaml",
        lambda line: (
            POD
            + "      lifecycle:\n        preStop:\n          exec:\n            command:\n"
            + f"              - bash\n              - -c\n              - |\n{' ' * 16}{line}\n"
        ),
    ),
    "ConfigMap": (
        "a.yaml",
        lambda line: OBJECT % ("ConfigMap", "data", "start.sh", f"|\n    #!/bin/sh\n    {line}"),
    ),
    "custom resource": (
        "a.yaml",
        lambda line: (
            "apiVersion: example.com/v1\nkind: Job9\nmetadata: {name: a}\n"
            f"spec:\n  setup: |\n    {line}\n"
        ),
    ),
    "annotation": (
        "a.yaml",
        lambda line: (
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
            f"  annotations:\n    a/b: |\n      {line}\n"
        ),
    ),
    "label of compose": (
        "compose.yaml",
        lambda line: COMPOSE + f"    labels:\n      a: |\n        {line}\n",
    ),
    "step of a workflow": (
        ".github/workflows/a.yaml",
        lambda line: WORKFLOW + f"      - run: |\n          {line}\n",
    ),
    "health check of compose": (
        "compose.yaml",
        lambda line: COMPOSE + f"    healthcheck:\n      test: |\n        {line}\n",
    ),
    "values": ("values.yaml", lambda line: f"a:\n  b: |\n    {line}\n"),
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


def told() -> Iterator[tuple[str, str, str]]:
    for line in TOLD:
        for place, (file, text) in COMMANDS.items():
            yield f"{line} in {place}", file, text(line)


def harmless() -> Iterator[tuple[str, str, str]]:
    pairs = [(name, "correct-horse-77x") for name in NAMES]
    pairs += [("API_KEY", value) for value in VALUES]
    for number, (name, value) in enumerate(pairs):
        entry = f"    environment:\n      {name}: '{value}'\n"
        yield f"{number} env", "compose.yaml", COMPOSE + entry
        yield f"{number} map", "a.yaml", OBJECT % ("ConfigMap", "data", name, f"'{value}'")


def write(here: Path, files: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The files, each in a folder of its own; the cases by the names of these."""
    cases = {}
    for number, (case, name, text) in enumerate(files):
        folder = here / f"case{number}"
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
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
    reported = found(program)
    assert [case for folder, case in cases.items() if folder not in reported] == []


def test_every_form_is_found_at_every_place(program: Program, here: Path) -> None:
    cases = write(here, told())
    reported = found(program)
    assert [case for folder, case in cases.items() if folder not in reported] == []


def test_requirements_files_hold_none_unseen(program: Program, here: Path) -> None:
    lines = (
        f"--index-url https://ci:{PLAIN}@pypi.example.com/simple",
        f"--extra-index-url https://{TOKEN}@pypi.example.com/simple",
        f"llm-tools @ git+https://ci:{PLAIN}@git.example.com/a/b@v1",
        f"# {TOKEN}",
    )
    cases = write(here, ((line, "requirements.txt", f"{line}\nfastapi==1.2\n") for line in lines))
    reported = found(program)
    assert [case for folder, case in cases.items() if folder not in reported] == []


def test_each_form_tells_one_of_them() -> None:
    text = "\n".join(TOLD)
    assert [form for form in FORMS if not any(form.secrets(text))] == []


def test_what_only_looks_like_it_is_left_alone(program: Program, here: Path) -> None:
    cases = write(here, harmless())
    assert len(cases) >= 100
    assert [cases[folder] for folder in found(program)] == []


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each of them at each place, and what was found there, once for all formats."""
    folder = tmp_path_factory.mktemp("everywhere")
    write(folder, (*planted(), *told()))
    return folder


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.usefixtures("here")
def test_no_format_shows_one(
    program: Program, everywhere: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.chdir(everywhere)
    monkeypatch.setenv("XDG_CACHE_HOME", str(everywhere.with_name("kept")))
    answer = program("check", "--policy", "strict", "--format", format_)
    hidden = (PLAIN, TOKEN, encoded(PLAIN), encoded(TOKEN), *TOLD.values())
    printed = (answer.out + answer.err).splitlines()
    assert [line for line in printed if any(one in line for one in hidden)] == []


# Letters alone: nothing but its place tells what it is.
HERON = "heron-" + "lantern"
WRITTEN_OVER = {
    "pod.yaml": f"{POD}      env:\n        - name: DB_PASSWORD\n"
    f"          value: {HERON}-1st\n          value: {HERON}-second\n",
    "secret.yaml": OBJECT % ("Secret", "stringData", "user", f"{HERON}\n  user: {HERON}-second"),
    "compose.yaml": f"{COMPOSE}    environment:\n      PASSWORD: {HERON}\n"
    f"      PASSWORD: {HERON}-second\n    environment:\n      - A=a\n",
    "values.yaml": f"db:\n  password: {HERON}\n  password: {HERON}-second\n",
}


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_written_over_is_hidden_as_well(program: Program, here: Path, format_: str) -> None:
    for name, text in WRITTEN_OVER.items():
        (here / name).write_text(text, encoding="utf-8")
    answer = program("check", "--policy", "strict", "--format", format_)
    assert "duplicate-key" in answer.out or format_ == "outputs"
    assert HERON not in answer.out + answer.err


@pytest.mark.parametrize("format_", FORMATS)
def test_no_reason_tells_one(program: Program, here: Path, format_: str) -> None:
    inline = f"# imagelint: allow root-user -- see https://ci:{PLAIN}@wiki.example.com/x"
    (here / "Dockerfile").write_text(f"FROM alpine:3.20\n{inline}\nUSER root\n", encoding="utf-8")
    policy = (
        "name: a\nextends: [strict]\nwaivers:\n  - rule: unpinned-image\n    where: '*'\n"
        f"    reason: the log says token={PLAIN}\n    until: 2099-01-01\n"
    )
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    answer = program("check", "--format", format_)
    assert PLAIN not in answer.out + answer.err
    shown = program("policy", "show")
    assert "the log says" in shown.out
    assert PLAIN not in shown.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "."),
        ("policy", "check", ".imagelint.yaml"),
        ("check", "--rule", f"root-user={TOKEN}", "Dockerfile"),
        ("check", "--policy", TOKEN, "Dockerfile"),
        ("check", "--fail-on", TOKEN, "Dockerfile"),
        ("explain", TOKEN),
    ],
)
def test_no_error_tells_one(program: Program, here: Path, arguments: tuple[str, ...]) -> None:
    (here / "Dockerfile").write_text("FROM alpine:3.20\n", encoding="utf-8")
    policy = f"name: a\nrules:\n  {TOKEN}: on\n  root-user: {TOKEN}\nfail-on: {TOKEN}\n"
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    answer = program(*arguments)
    assert answer.code == ExitCode.USAGE
    assert answer.err.startswith("error: ")
    assert TOKEN not in answer.out + answer.err


def test_no_error_acts_on_who_shows_it(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        'name: a\nrules:\n  "\\n::stop-commands::x\\e[31m": on\n', encoding="utf-8"
    )
    answer = program("check", ".")
    assert answer.code == ExitCode.USAGE
    assert "\\n::stop-commands::x\\x1b[31m" in answer.err
    assert not any(line.lstrip().startswith("::") for line in answer.err.splitlines())
