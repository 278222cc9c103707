"""The libraries that render kustomizations and charts, as `make tools` provides them."""

from __future__ import annotations

import sys
from pathlib import Path

LIBRARIES = Path(__file__).parents[1] / ".tools" / "python"


def use_libraries() -> None:
    """Let them be found: what renders is the same everywhere, whatever programs there are."""
    if str(LIBRARIES) not in sys.path:
        sys.path.append(str(LIBRARIES))
