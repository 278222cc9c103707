"""Jobs in which the tests run the action."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.action.composite import Composite, Job, Result
from tests.collect.conftest import PROVIDED

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parents[2]
ACTION = REPOSITORY / "action.yml"
DEFINITION: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = DEFINITION["runs"]["steps"]
IDS = [step.get("id") for step in STEPS]
NAMES = [step["name"] for step in STEPS]
JUDGE = IDS.index("judge")
INSTALL = NAMES.index("Install imagelint")
PATH = f"{PROVIDED}{os.pathsep}{os.environ['PATH']}"


class Runner:
    """Judges a checkout with an installation that is already there."""

    def __init__(self, installed: Path, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.temporary = folder / "temp"
        self.place = self.temporary / "imagelint-here"
        self.place.mkdir(parents=True)
        self.checkout.mkdir()
        (self.place / "venv").symlink_to(installed)

    def job(self, **more: Any) -> Job:
        known = {"prepare.outputs.place": str(self.place)}
        return Job(self.checkout, self.temporary, PATH, steps=known)._replace(**more)

    def __call__(self, inputs: Mapping[str, str], **more: Any) -> Result:
        """Run all steps from the judgement on."""
        return Composite(ACTION, self.job(**more)).run(inputs, slice(JUDGE, None))
