from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.queries.downloads import Download, downloads, pipes_into_shell, verified
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Script, ScriptRole


def read(text: str) -> Script:
    return read_script(text, Span(0, len(text)), ScriptRole.RUN)


def found(text: str) -> list[Download]:
    return [one for command in read(text).commands for one in downloads(command)]


@pytest.mark.parametrize(
    ("text", "kind", "url", "output", "revision"),
    [
        ("curl -fsSL https://x", "file", "https://x", "-", ABSENT),
        ("curl -H 'A: b' -o y https://x", "file", "https://x", "y", ABSENT),
        ("curl -LO https://x", "file", "https://x", "", ABSENT),
        ("curl https://x > y", "file", "https://x", "y", ABSENT),
        ("curl --url https://x", "file", "https://x", "-", ABSENT),
        ("wget -q https://x", "file", "https://x", "", ABSENT),
        ("wget -qO- https://x", "file", "https://x", "-", ABSENT),
        ("wget -O y https://x", "file", "https://x", "y", ABSENT),
        ("wget -O - https://x > y", "file", "https://x", "y", ABSENT),
        ("aria2c -x 4 -o y https://x", "file", "https://x", "y", ABSENT),
        ("git clone --depth 1 -b v1 https://x y", "git", "https://x", "y", Known("v1")),
        ("git -C z clone https://x", "git", "https://x", "", ABSENT),
        ("clone https://x y", "git", "https://x", "y", ABSENT),
        ("git lfs clone https://x y", "git", "https://x", "y", ABSENT),
        ("modelscope download --model a/b --local_dir y", "model", "a/b", "y", ABSENT),
        ("modelscope download a/b --revision c", "model", "a/b", "", Known("c")),
        ("python -c \"snapshot_download('a/b', local_dir='y')\"", "model", "a/b", "y", ABSENT),
        ("hf download a/b --revision abc --local-dir y", "model", "a/b", "y", Known("abc")),
        ("huggingface-cli download a/b", "model", "a/b", "", ABSENT),
        ("huggingface-cli download a/b $X", "model", "a/b", "", UNKNOWN),
        ("ollama pull a:7b", "model", "a:7b", "", ABSENT),
        ("ollama pull a@sha256:0", "model", "a@sha256:0", "", Known("sha256:0")),
        ("python -c \"snapshot_download('a/b')\"", "model", "a/b", "", ABSENT),
        (
            'python -c \'f(repo_id=1); snapshot_download(repo_id="a/b", revision="c")\'',
            "model",
            "a/b",
            "",
            Known("c"),
        ),
        ("python3 <<'E'\nX.from_pretrained('a/b', revision=r)\nE\n", "model", "a/b", "", UNKNOWN),
        ("python3 -c 'X.from_pretrained(\"a/b\", **k)'", "model", "a/b", "", UNKNOWN),
    ],
)
def test_downloads(text: str, kind: str, url: str, output: str, revision: object) -> None:
    (one,) = found(text)
    assert (one.kind, one.url, one.output, one.revision) == (kind, Known(url), output, revision)


@pytest.mark.parametrize(
    ("text", "hub"),
    [
        ("hf download a/b", "huggingface"),
        ("hf download a/b --repo-type model", "huggingface"),
        ("hf download a/b --repo-type dataset", ""),
        ("modelscope download --model a/b", "modelscope"),
        ("git clone https://huggingface.co/a/b", "huggingface"),
        ("git clone https://user:x@hf.co:443/a/b", "huggingface"),
        ("git clone https://www.modelscope.cn/a/b.git", "modelscope"),
        ("git clone https://huggingface.co/datasets/a/b", ""),
        ("git clone https://github.com/a/b", ""),
        ("python -c \"from modelscope import x; snapshot_download('a/b')\"", "modelscope"),
        ("python -c \"snapshot_download('a/b')\"", "huggingface"),
        ("ollama pull a", ""),
        ("curl -O https://huggingface.co/a/b/resolve/main/x.gguf", ""),
    ],
)
def test_the_hub_of_a_model(text: str, hub: str) -> None:
    assert found(text)[0].hub == hub


def test_unknown_addresses_and_checks() -> None:
    assert found("curl -O $URL")[0].url is UNKNOWN
    assert found("aria2c --checksum=sha-256=0 https://x")[0].checked
    assert found("ollama pull $M")[0].revision is UNKNOWN
    assert len(found("curl -O https://x -O https://y")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "git pull",
        "git clone",
        "hf upload a b",
        "hf download",
        "git lfs install",
        "clone",
        "ollama serve",
        "ls",
        "curl --version",
        "python -c 'X.from_pretrained(\"./a\")'",
        "python x.py",
        "python -c 'f(x)'",
    ],
)
def test_what_fetches_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "piped"),
    [
        ("curl https://x | sh", True),
        ("curl https://x | sudo -E bash -", True),
        ("curl https://x | bash -s -- -y", True),
        ("wget -qO- https://x | gunzip | bash", True),
        ("curl https://x | python3 -", True),
        ("curl https://x | python3", True),
        ("bash <(curl https://x)", True),
        ("bash -x <(curl https://x) a", True),
        (". <(curl https://x)", True),
        ("bash < <(curl https://x)", True),
        ('sh -c "$(curl https://x)"', True),
        ('sh -c "`curl https://x`"', True),
        ('eval "$(curl https://x)"', True),
        ('bash <<< "$(curl https://x)"', True),
        ('bash -c "curl https://x | sh"', True),
        ("(curl https://x) | sh", True),
        ("true && curl https://x 2>/dev/null | sh -e", True),
        ("curl https://x | sh -c 'cat > y'", False),
        ("curl https://x | bash y.sh", False),
        ("curl https://x | python3 -c 'import sys'", False),
        ("curl https://x | python3 -m json.tool", False),
        ("curl https://x | tar xz", False),
        ("curl -o y https://x && sh y", False),
        ("wget https://x | sh", False),
        ("curl https://x | bash < y", False),
        ('bash -c "echo $(curl https://x)"', False),
        ("echo | bash && curl https://x", False),
        ("bash y <(curl https://x)", False),
        ("ls | sh", False),
    ],
)
def test_what_is_piped_into_a_shell(text: str, piped: bool) -> None:  # noqa: FBT001
    pairs = pipes_into_shell(read(text))
    assert bool(pairs) is piped
    assert all(fetch.program in ("curl", "wget") for fetch, _ in pairs)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("curl -O https://x && echo '0 x' | sha256sum -c -", True),
        ("curl -O https://x && echo 0 | sha256sum", True),
        ("curl -O https://x && shasum -a 256 --check x", True),
        ("curl -O https://x && gpg --verify x.asc x", True),
        ("curl -O https://x && gpgv x", True),
        ("curl -O https://x && cosign verify-blob x", True),
        ("curl -O https://x && openssl dgst -verify k x", True),
        ("curl -O https://x && minisign -Vm x", True),
        ("curl -O https://x && gh attestation verify x", True),
        ("sha256sum -c y && curl -O https://x", False),
        ("curl -O https://x && sha256sum x", False),
        ("curl -O https://x && gpg --import x", False),
        ("curl -O https://x", False),
    ],
)
def test_what_verifies(text: str, sure: bool) -> None:  # noqa: FBT001
    script = read(text)
    assert verified(script, script.of("curl")[0]) is sure
    assert verified(script) is (sure or "sha256sum -c" in text)
