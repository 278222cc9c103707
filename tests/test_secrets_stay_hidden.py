"""A secret that a name, an option or a header marks as one occurs in no report of any format."""

from __future__ import annotations

import time
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.options.formats import FORMATS
from imagelint.core.redact import redact, secret_spans
from imagelint.rules import catalog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

HANG_SECONDS = 120  # far beyond a machine's bad day: this is about hanging, not about speed

SECRET = "Zq9PlantedValue77x"  # noqa: S105 - planted to be looked for
NAMES = ("HF_TOKEN", "db_password", "AWS_SECRET_ACCESS_KEY", "myApiKey", "MYSQL_PWD")
OPTIONS = ("--api-key", "--hf_token", "--client-secret", "--registry-password", "--secret-key")
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: a}}
spec:
  hostNetwork: true
  containers:
    - name: a
      image: vllm/vllm-openai:latest
{}
"""


def lines() -> list[str]:
    """Lines of a Dockerfile, each with the secret."""
    end = "&& pip install a && curl https://example.com/x | sh"
    found = [
        f"RUN curl -u user:{SECRET} https://example.com/x.sh | sh",
        f"RUN curl https://user:{SECRET}@example.com/x.sh | sh",
        f"RUN curl 'https://example.com/x.sh?access_token={SECRET}&a=b' | sh",
        f"RUN curl -H 'Authorization: token {SECRET}' https://example.com/x.sh | sh",
        f"RUN curl -H 'X-Api-Key: {SECRET}' https://example.com/x.sh | sh",
        f"RUN pip install git+https://{SECRET}@github.com/a/b",
        f"RUN docker login -u a -p {SECRET} example.com {end}",
        f"RUN echo root:{SECRET} | chpasswd {end}",
        f"RUN npm config set _auth {SECRET} {end}",
        f"ADD https://example.com/x?token={SECRET} /y",
    ]
    for name in NAMES:
        found += [
            f"ENV {name}={SECRET}",
            f"ENV {name} {SECRET}",
            f"ARG {name}='{SECRET}'",
            f"LABEL {name}={SECRET}",
            f"RUN {name}={SECRET} pip install a",
            f'RUN export {name}="{SECRET}" {end}',
            f'RUN echo \'{{"{name}": "{SECRET}"}}\' > /x {end}',
            f"RUN <<EOF\nexport {name}={SECRET}\npip install a\nEOF",
            f'ENTRYPOINT ["env", "{name}={SECRET}", "vllm", "serve", "m"]',
            f"ARG {name}={SECRET}\nRUN pip install ${name}",
        ]
    for option in OPTIONS:
        found += [
            f"RUN tool {option} {SECRET} {end}",
            f"RUN tool {option}='{SECRET}' {end}",
            f'ENTRYPOINT ["vllm", "serve", "m", "{option}", "{SECRET}"]',
        ]
    return found


def planted() -> list[tuple[str, str]]:
    """Files, each with the secret."""
    found = [("Dockerfile", f"FROM alpine\n{line}\nUSER root\nWORKDIR a\n") for line in lines()]
    for option in OPTIONS:
        items = f"      args: [--model, a/b, {option}, {SECRET}]"
        block = (
            f"      args:\n        - {option}={SECRET}\n        - {option}\n        - '{SECRET}'"
        )
        script = f"      command: [sh, -c]\n      args: ['vllm serve a/b {option} {SECRET}']"
        found += [("pod.yaml", POD.format(text)) for text in (items, block, script)]
        service = f"{{image: a, privileged: true, command: vllm serve x {option} {SECRET}}}"
        found.append(("compose.yaml", f"services:\n  a: {service}\n"))
    for name in NAMES:
        env = f"{{name: {name}, value: '{SECRET}'}}"
        args = f"      args: [--model, $({name})]"
        found.append(("pod.yaml", POD.format(f"      env: [{env}]\n{args}")))
        found.append(
            ("compose.yaml", f"services:\n  a:\n    image: a\n    environment: [{name}={SECRET}]\n")
        )
    found.append(("requirements.txt", f"--index-url https://user:{SECRET}@example.com\na>1\n"))
    return found


@pytest.mark.parametrize("format_", FORMATS)
def test_no_report_shows_a_planted_secret(program: Program, here: Path, format_: str) -> None:
    every = [f"--rule={name}=info" for name in catalog.names()]
    for number, (name, text) in enumerate(planted()):
        folder = here / str(number)
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    answer = program("check", *every, "--format", format_)
    assert answer.code in (0, 1)
    shown = [line for line in answer.out.splitlines() if SECRET in line]
    assert shown == []


def within() -> list[tuple[str, str]]:
    """Files in which a manifest with the secret stands, in different ways."""
    pod = POD.format(f"      env: [{{name: DB_PASSWORD, value: {SECRET}}}]").replace("{{", "{")
    pod = pod.replace("}}", "}")
    script = f"kubectl apply -f - <<EOF\n{pod}EOF\n"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  pod.yaml: |\n"
    steps = "jobs:\n  a:\n    steps:\n      - run: |\n"
    quoted = f"#!/bin/sh\nprintf '%s' '{pod}' | kubectl apply -f -\n"
    return [
        ("apply.sh", f"#!/bin/sh\n{script}"),
        ("echo.sh", quoted),
        ("config.yaml", config + indent(pod, "    ")),
        ("README.md", f"```yaml\n{pod}```\n```sh\n{script}```\n"),
        (".github/workflows/apply.yaml", steps + indent(script, " " * 10)),
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_no_report_shows_one_of_a_document_in_another(
    program: Program, here: Path, format_: str
) -> None:
    for name, text in within():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    answer = program("check", "--format", format_, *(name for name, _ in within()))
    assert answer.code == 1
    assert SECRET not in answer.out
    # It is found in each of them, whatever a format says of it.
    assert program("check", "--format", "concise", "apply.sh").out.count("literal-secret-env") == 1
    told = program("check", "--format", "json", *(name for name, _ in within())).out
    assert told.count('"rule": "literal-secret-env"') == len(within()) + 1


def test_the_cache_holds_no_planted_secret(program: Program, here: Path) -> None:
    for number, (name, text) in enumerate(planted()):
        folder = here / str(number)
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    program("check", "--policy", "strict")
    stored = [path.read_bytes() for path in (here.parent / "cache").rglob("*") if path.is_file()]
    assert stored
    assert not any(SECRET.encode() in data for data in stored)


@pytest.mark.parametrize(
    "text",
    [
        "--max-model-len 131072 --tokenizer mistralai/Model",
        "max_tokens=40960",
        "secretName: registry-login-2",
        "a token: something readers know",
        "API_KEY=$API_KEY_FROM_OUTSIDE",
        "git@github.com:owner/repository.git",
        "--mount=type=secret,id=hf_token",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "mark",
    [
        "token=",
        "--token ",
        "token: ",
        "password=password:",
        "://a:",
        "login -p ",
        "api_key=",
        "login ",
        "zip -P ",
        "useradd ",
        "?sig=a&",
        "passwd <<<",
        "-p a\\\n",
    ],
)
def test_looking_for_secrets_takes_no_longer_than_reading(mark: str) -> None:
    started = time.monotonic()
    list(secret_spans(mark * (500_000 // len(mark))))
    assert time.monotonic() - started < HANG_SECONDS
