"""Show what imagelint says: about two examples, then about images that it scans and verifies.

python tools/demo.py

Needs .tools/bin (`make tools`). Everything happens in a temporary folder. Ends with 0 only if every
verdict was the expected one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
if __package__ in (None, ""):
    sys.path.insert(0, str(ROOT))

from imagelint.testing.database import write_database  # noqa: E402 - the folder above comes first
from imagelint.testing.images import Image, Layout, alpine, python_package  # noqa: E402
from tools.lab.registry import Registry, free_port  # noqa: E402
from tools.lab.signing import Signing, pull, push  # noqa: E402

IMAGELINT = Path(sys.executable).with_name("imagelint")
SHOWN_LINES = 54
CLOSING_LINES = 10
PASS, FAIL = 0, 1
OFFLINE = ("--offline", "--trivy-cache", "../trivy")


class Step(NamedTuple):
    """One call of imagelint in a folder, how it must end, and words that its answer must hold."""

    title: str
    meaning: str
    folder: str
    arguments: tuple[str, ...]
    code: int
    says: str


STEPS = (
    Step(
        "What a hurried engineer writes",
        "Dockerfiles, manifests and a compose file that somehow work; under the policy of the\n"
        "good example, which knows the hosts' driver and the registries that are trusted.",
        ".",
        ("check", "naive", "--policy", "good/.imagelint.yaml"),
        FAIL,
        "secret-value",
    ),
    Step(
        "Why that matters",
        "Every rule explains itself and shows what to write instead.",
        ".",
        ("explain", "startup-budget"),
        PASS,
        "startupProbe",
    ),
    Step(
        "The same service, done right",
        "Nothing is waived. The policy lies beside it: .imagelint.yaml.",
        "good",
        ("check", "."),
        PASS,
        "pass",
    ),
    Step(
        "The gate: a clean and signed image, with the files that it is made from",
        "Checked, scanned with Trivy, verified with cosign: one verdict about one digest.",
        "good",
        ("gate", "oci:../image:v1", ".", *OFFLINE),
        PASS,
        "pass",
    ),
    Step(
        "The gate: the same image without a signature",
        "Nobody vouches for it.",
        "good",
        ("gate", "oci:../unsigned:v1", ".", *OFFLINE),
        FAIL,
        "unsigned-image",
    ),
    Step(
        "The gate: a signed image with a vulnerable package",
        "A signature says who made it, not that it is safe. The advisory is made up.",
        "good",
        ("gate", "oci:../vulnerable:v1", ".", *OFFLINE),
        FAIL,
        "CVE-2099-0001",
    ),
    Step(
        "The evaluation of the clean image, beside the previous tag",
        "800 questions, five dimensions, each judged alone. Questions and results are made up.",
        "promotion",
        ("evaluate", "candidate", "--baseline", "previous"),
        PASS,
        "clears",
    ),
    Step(
        "The gate: the same image, now only with a signed evaluation",
        "Checked, scanned, verified, evaluated: this tag may be promoted.",
        "good",
        ("gate", "oci:../image:v1", ".", "--evaluation", "attested", *OFFLINE),
        PASS,
        "signed by release",
    ),
    Step(
        "The evaluation of a candidate of which one dimension became worse",
        "Four of five are as good as before; no average would show it.",
        "promotion",
        ("evaluate", "regressed", "--baseline", "previous", "--attest", "regressed.json"),
        FAIL,
        "evaluation-regression",
    ),
    Step(
        "The gate: refused, whatever its scan and its signature say",
        "What fails is not signed; from a file it is refused as well.",
        "good",
        ("gate", "oci:../image:v1", ".", "--evaluation", "../promotion/regressed.json", *OFFLINE),
        FAIL,
        "evaluation-regression",
    ),
)


def server(openssl: str) -> Image:
    """A server's image in miniature, with some release of a library."""
    return Image((alpine(("openssl", openssl)), python_package("vllm", "99.0")), user="2000")


def furnish(folder: Path, registry: Registry) -> None:
    """Put the examples, three images, a key and a vulnerability database into the folder."""
    shutil.copytree(ROOT / "testdata" / "examples", folder, dirs_exist_ok=True)
    write_database(folder / "trivy", age_hours=1)
    signing = Signing(folder / "keys")
    shutil.copy(signing.key("release"), folder / "good" / "keys" / "release.pub")
    fixed, vulnerable = ("image", "unsigned", "3.1.9-r0"), ("vulnerable", "made", "3.1.4-r0")
    for name, source, openssl in (fixed, vulnerable):
        digest = Layout(folder / source).add(server(openssl))
        repository = f"{registry.host}/llm/{name}"
        push(folder / source, "v1", f"{repository}:v1")
        signing.sign(f"{repository}@{digest}", "release")
        if name == "image":
            evaluate(folder, f"{repository}:v1@{digest}")
        pull(f"{repository}@{digest}", folder / name, "v1")


def evaluate(folder: Path, reference: str) -> None:
    """Let the plan of the evaluation be about an image, and attach the evaluation to that."""
    plan = folder / "promotion" / "imagelint-eval.yaml"
    text = plan.read_text(encoding="utf-8")
    made_up = text.partition("image: ")[2].partition("\n")[0]
    plan.write_text(text.replace(made_up, reference), encoding="utf-8")
    keys = ("--sign-key", "../keys/release.key", "--signing-config", "../keys/signing-config.json")
    done = subprocess.run(
        [
            *(IMAGELINT, "evaluate", "candidate", "--baseline", "previous", "--image", reference),
            *("--sign", *keys),
        ],
        cwd=plan.parent,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "COSIGN_PASSWORD": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def verification(registry: Registry) -> Step:
    """The step that needs the registry: its port is another one each time."""
    return Step(
        "A signature alone, of an image in a registry",
        "The tag is resolved to a digest once; that digest is verified.",
        ".",
        (
            *("verify", f"{registry.host}/llm/image:v1"),
            *("--key", "good/keys/release.pub", "--no-transparency-log"),
        ),
        PASS,
        "pass",
    )


def audits(registry: Registry) -> tuple[Step, ...]:
    """The steps about all images of the registry at once."""
    kept = ("--store", "audit.db")
    return (
        Step(
            "The audit: every image of the registry, by one policy",
            "The signed one, a copy that nobody signed, the vulnerable one: all are told together.",
            ".",
            (
                *("audit", f"registry://{registry.host}", "--policy", "good/.imagelint.yaml"),
                # The policy does not know this registry, which is there for a minute.
                *("--rule", "untrusted-registry=off", "--depth", "scan"),
                *("--offline", "--trivy-cache", "trivy", "--quiet", *kept),
            ),
            FAIL,
            "unsigned-image (1 image)",
        ),
        Step(
            "Its report, on one screen and as a page",
            "Out of the store: no registry is asked. The page is one file, which loads nothing.",
            ".",
            ("report", *kept, "--format", "text", "--format", "html=audit.html"),
            FAIL,
            "CVE-2099-0001",
        ),
    )


def perform(number: int, step: Step, folder: Path) -> bool:
    """Run a step, show it, and tell whether it ended as expected."""
    change = "" if step.folder == "." else f"cd {step.folder} && "
    print(f"\n{'=' * 100}\n{number}. {step.title}\n\n{step.meaning}\n")
    print(f"$ {change}imagelint {' '.join(step.arguments)}\n")
    done = subprocess.run(
        [str(IMAGELINT), *step.arguments],
        cwd=folder / step.folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).rstrip().splitlines()
    left = len(lines) - SHOWN_LINES - CLOSING_LINES
    if left > 0:
        lines[SHOWN_LINES:-CLOSING_LINES] = ["", f"      … {left} more lines …", ""]
    print("\n".join(lines))
    as_expected = done.returncode == step.code and step.says in done.stdout
    print(f"\n-> ended with {done.returncode}, {'as' if as_expected else 'NOT as'} expected")
    return as_expected


def main() -> int:
    os.environ["PATH"] = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="imagelint-demo-") as name:
        folder = Path(name).resolve()
        with Registry(folder / "registry", free_port()) as registry:
            furnish(folder, registry)
            push(folder / "unsigned", "v1", f"{registry.host}/llm/copy:v1")
            steps = (*STEPS, verification(registry), *audits(registry))
            ends = [perform(number, step, folder) for number, step in enumerate(steps, 1)]
    print(f"\n{'=' * 100}\n{sum(ends)} of {len(ends)} verdicts were as expected")
    return 0 if all(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
