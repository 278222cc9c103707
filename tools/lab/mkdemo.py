"""Make what the gate needs, on the spot: a signed image, the key, a small database.

python tools/lab/mkdemo.py FOLDER

Writes `image` (an OCI layout with one signed image, tag `v1`), `unsigned` (the same without a
signature), `signer.pub` and `trivy` (a cache with the database). Needs cosign, oras and
docker-registry on PATH.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, python_package
from tools.lab.registry import Registry, free_port
from tools.lab.signing import Signing, pull, push


def demo_image() -> Image:
    """A server image in miniature: one fixed package, one with an advisory of low severity."""
    system = alpine(("openssl", "3.1.9-r0"))
    return Image((system, python_package("vllm", "99.0") | python_package("torch", "2.5.0")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    if folder.exists():
        shutil.rmtree(folder)
    digest = Layout(folder / "unsigned").add(demo_image())
    write_database(folder / "trivy", age_hours=1)
    signing = Signing(folder / "keys")
    shutil.copy(signing.key("signer"), folder / "signer.pub")
    with Registry(folder / "registry", free_port()) as registry:
        push(folder / "unsigned", "v1", f"{registry.host}/demo/server:v1")
        signing.sign(f"{registry.host}/demo/server@{digest}", "signer")
        pull(f"{registry.host}/demo/server@{digest}", folder / "image", "v1")
    print(digest)


if __name__ == "__main__":
    main()
