"""The benchmark of many images: that it runs, with few."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_benchmark_of_many_images_runs(tmp_path: Path) -> None:
    program = str(ROOT / "benchmarks" / "fleet.py")
    command = sys.executable, program, "--images", "120", "--again", "--formats", "text"
    done = subprocess.run(
        [*command, "--folder", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    steps = [line.split()[1] for line in done.stdout.splitlines()]
    assert steps == ["plan,", "audit", "plan,", "audit,", "changes", "drift", "text"]
