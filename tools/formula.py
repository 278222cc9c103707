"""Write the Homebrew formula of a release, out of its single files.

    python tools/formula.py FOLDER > imagelint.rb

FOLDER holds the single files that `tools/singlefile.py` has made for each system. A tap of ours
gets it: `brew install imagelint/tap/imagelint`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = "3.14"
SYSTEMS = {
    "darwin-arm64": ("on_macos", "on_arm"),
    "linux-aarch64": ("on_linux", "on_arm"),
    "linux-x86_64": ("on_linux", "on_intel"),
}
RELEASES = "https://github.com/imagelint/imagelint/releases/download"
FORMULA = """\
class Imagelint < Formula
  desc "Says, with evidence, whether a GPU serving image may be pushed"
  homepage "https://imagelint.dev"
  version "{version}"
  license "Apache-2.0"

  depends_on "python@{python}"

{systems}
  def install
    libexec.install Dir["*.pyz"].first => "imagelint.pyz"
    (bin/"imagelint").write <<~SH
      #!/bin/sh
      exec "#{{formula_python}}" -I "#{{libexec}}/imagelint.pyz" "$@"
    SH
    chmod 0755, bin/"imagelint"
    generate_completions_from_executable(bin/"imagelint", "completion")
  end

  def formula_python
    formula_opt_bin = Formula["python@{python}"].opt_bin
    formula_opt_bin/"python{python}"
  end

  test do
    (testpath/"Dockerfile").write "FROM alpine\\n"
    assert_match "unpinned-image", shell_output("#{{bin}}/imagelint check Dockerfile", 1)
    assert_match version.to_s, shell_output("#{{bin}}/imagelint --version")
  end
end
"""
SYSTEM = """\
  {system} do
    {machine} do
      url "{releases}/v{version}/{name}"
      sha256 "{digest}"
    end
  end
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    print(formula(parser.parse_args().folder), end="")
    return 0


def formula(folder: Path) -> str:
    """The formula; for each system there must be one file for the Python that it is run with."""
    tag = f"cpython-{PYTHON.replace('.', '')}"
    systems, versions = [], set()
    for name, (system, machine) in SYSTEMS.items():
        (file,) = folder.glob(f"imagelint-*-{tag}-{name}.pyz")
        version = file.name.split("-")[1]
        versions.add(version)
        systems.append(
            SYSTEM.format(
                system=system,
                machine=machine,
                releases=RELEASES,
                version=version,
                name=file.name,
                digest=hashlib.sha256(file.read_bytes()).hexdigest(),
            )
        )
    (version,) = versions
    return FORMULA.format(version=version, python=PYTHON, systems="\n".join(systems))


if __name__ == "__main__":
    sys.exit(main())
