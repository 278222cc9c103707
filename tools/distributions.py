"""Build the source distribution and the wheel, and show that they are built the same again.

    python tools/distributions.py [--into dist]

The wheel is built twice: here, and in another place from what the source distribution holds. Ends
with 1 when the two differ. Prints the names with their hashes, as `sha256sum` does.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("dist"), metavar="FOLDER")
    into = parser.parse_args().into.resolve()
    build(ROOT, into)
    (source,) = into.glob("*.tar.gz")
    (wheel,) = into.glob("*.whl")
    again = rebuilt(source)
    for file in (source, wheel):
        print(f"{digest(file.read_bytes())}  {file.name}")
    if again == digest(wheel.read_bytes()):
        return 0
    print(f"error: from {source.name} another wheel is built: {again}", file=sys.stderr)
    return 1


def rebuilt(source: Path) -> str:
    """The hash of the wheel that is built from a source distribution."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        (tree,) = Path(folder).iterdir()
        build(tree, tree / "dist", "--target", "wheel")
        (wheel,) = (tree / "dist").glob("*.whl")
        return digest(wheel.read_bytes())


def build(tree: Path, into: Path, *options: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--clean", "--directory", str(into)]
    done = subprocess.run(
        [*command, *options], cwd=tree, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"error: {tree} cannot be built\n{done.stdout}{done.stderr}")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
