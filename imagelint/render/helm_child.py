"""Render a chart by the library of the package `helm-python-sdk`: run in a process of its own.

In the folder in which it runs, `plain` is the chart and `marked` the same with marks in its
templates; `values.json` lists releases with their namespaces and files of values (`sets`), and in
which folder each form of the chart is (`forms`). Templates come from strangers: the parent limits
time and output, this process memory.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

_SECONDS = 60
_MEMORY = 4 * 1024**3


def merged(base: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Values with others over them, as `helm -f base -f over` takes them."""
    result = dict(base)
    for key, value in over.items():
        known = result.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            result[key] = merged(known, value)
        else:
            result[key] = value
    return result


def main(packages: str) -> None:
    """Write a line of JSON for each release: the texts by template, or the error."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    sys.path.append(packages)
    from helm_python.chart import Chart, values_from_yaml
    from helm_python.errors import HelmError

    asked = json.loads(Path("values.json").read_text(encoding="utf-8"))
    for release, namespace, names in asked["sets"]:
        answer: dict[str, object] = {}
        try:
            chosen: dict[str, object] = {}
            for name in names:
                chosen = merged(chosen, values_from_yaml(Path(name).read_text(encoding="utf-8")))
            for form, folder in asked["forms"]:
                with Chart.load(folder) as chart:
                    answer[form] = chart.render(
                        chosen, name=release, namespace=namespace, is_install=True
                    )
        except HelmError as error:
            if "plain" not in answer:
                answer = {"error": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
