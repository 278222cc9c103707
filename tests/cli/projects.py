"""Files that the tests of the command line put down, and rules that break."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "ab" * 32
GOOD = f"""\
FROM python:3.12.7-slim-bookworm@{DIGEST}
COPY app.py /srv/app.py
USER 10001
HEALTHCHECK CMD ["python", "-c", "pass"]
ENTRYPOINT ["python", "-u", "/srv/app.py"]
"""
ROOT = GOOD.replace("USER 10001\n", "")
LOW = GOOD.replace("USER", "RUN apt-get update && apt-get install -y curl\nUSER")
POD = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: server
spec:
  containers:
    - name: server
      image: registry.example.com/llm/server:2.1@{DIGEST}
"""


def write(folder: Path, **files: str) -> None:
    """Write files; in a name `__` stands for `/` and `_` for `.`."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def policy(text: str = "", extends: str = "[baseline]") -> str:
    """The text of a policy that stands on little but what it says."""
    return f"extends: {extends}\n{text}"
