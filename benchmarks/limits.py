"""Measure what inputs at their limits cost: processor seconds, and the most memory in use.

    python benchmarks/limits.py

Each is made here, just below the limit of its kind, and examined by a process of its own, without
a cache and with all rules of the default policy. `tools/limits.py` keeps what comes out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from imagelint.collect.read import LARGEST_FILE
from imagelint.documents.kinds import KINDS

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{0}}}\nspec:\n"
    "  containers:\n    - {{name: c, image: 'team/app:1.{0}', args: [--port, '80']}}\n---\n"
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n"
SERVICE = "  s{0}: {{image: 'team/app:1.{0}', ports: ['127.0.0.1:80:80']}}\n"
LINES = {
    "dockerfile": ("Dockerfile", "FROM debian:12.11\n", "RUN echo {0} && ls /srv/{0}\n"),
    "ignore": (".dockerignore", "", "folder{0}/*.tmp\n"),
    "requirements": ("requirements.txt", "", "package{0}==1.{0}\n"),
    "dotenv": ("server.env", "", "NAME{0}=value\n"),
    "shell-script": ("start.sh", "#!/bin/sh\n", "docker run --rm team/app:1.{0} ls /srv\n"),
    "makefile": ("Makefile", "run:\n", "\tdocker run --rm team/app:1.{0} ls /srv\n"),
    "systemd-unit": ("app.service", "[Service]\n", "ExecStartPre=docker run --rm team/app:1.{0}\n"),
    "nginx": ("nginx.conf", "", "upstream u{0} {{ server app{0}:80; }}\n"),
    "caddy": ("Caddyfile", "", "a{0}.test {{\n  reverse_proxy app{0}:80\n}}\n"),
    "haproxy": ("haproxy.cfg", "backend servers\n", "    server s{0} app{0}:80\n"),
    "workflow": (
        ".github/workflows/run.yaml",
        "on: push\njobs:\n  run:\n    runs-on: ubuntu-24.04\n    steps:\n",
        "      - run: docker run --rm team/app:1.{0} ls /srv\n",
    ),
}


def main() -> None:
    for kind, (name, head, line) in LINES.items():
        most = KINDS[kind].most_lines - head.count("\n") - 1
        measure(kind, name, head + "".join(line.format(at) for at in range(most)))
    measure("kubernetes", "pods.yaml", "".join(POD.format(at) for at in range(3_300)))
    data = "".join(f"  key{at}: value\n" for at in range(499_900))
    measure("kubernetes", "settings.yaml", f"{CONFIG_MAP}{data}")
    variables = "".join(f'variable "V{at}" {{ default = "1" }}\n' for at in range(2_400))
    measure("bake", "docker-bake.hcl", variables)
    services = "".join(SERVICE.format(at) for at in range(20_000))
    measure("compose", "compose.yaml", f"services:\n{services}")


def measure(kind: str, name: str, text: str) -> None:
    if len(text) >= LARGEST_FILE:
        sys.exit(f"{name} is too large to be examined")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "imagelint", "check", "--no-cache", "--jobs", "1", name]
        with subprocess.Popen(
            [*command, "--format", "concise", "--kind", kind],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            said = process.stdout.read().splitlines()[-1:] if process.stdout else []
            _, _, usage = os.wait4(process.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        size = f"{text.count(chr(10)):,} lines, {len(text) / 1e6:.1f} MB"
        print(f"{kind:14} {size:28} {seconds:6.1f} s {usage.ru_maxrss / 1024:6.0f} MiB {said}")


if __name__ == "__main__":
    main()
