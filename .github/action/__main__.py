"""The steps of the action: `python -I .github/action STEP`.

Runs with any Python from 3.11 on and nothing but its standard library. Isolated (`-I`), so that no
module of the folder that is examined can be imported.
"""

from __future__ import annotations

import os
import sys

import install
import judge
import prepare
import publish
import trivy
import workflow

STEPS = {
    "prepare": prepare.main,
    "install": install.main,
    "trivy": trivy.main,
    "judge": judge.main,
    "publish": publish.main,
}


def main() -> int:
    """Run the step that is named; an error becomes an annotation."""
    # Nor may a variable of the job lead a program that we start to the checkout.
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]
    try:
        return STEPS[sys.argv[1]]()
    except workflow.StepError as error:
        workflow.annotate(str(error))
        return workflow.USAGE


if __name__ == "__main__":
    sys.exit(main())
