from __future__ import annotations

import pytest

from imagelint.core.environment import Environment
from imagelint.core.serving.host import CheckState, HostFacts
from imagelint.documents.host.checks import checks
from imagelint.documents.host.smi import read_smi
from tests.collect.host.hosts import gpu, smi

HEALTHY = (
    "<gpu_recovery_action>None</gpu_recovery_action>"
    "<retired_pages><pending_retirement>N/A</pending_retirement></retired_pages>"
    "<remapped_rows><remapped_row_pending>No</remapped_row_pending>"
    "<remapped_row_failure>No</remapped_row_failure></remapped_rows>"
)


def told(*gpus: str) -> list[tuple[CheckState, str, str]]:
    facts = HostFacts(read_smi(smi(*gpus)), pci_gpus=len(gpus))
    found = checks(facts, Environment())
    return [(one.state, one.said, one.help) for one in found if one.name == "health"]


def with_state(state: str) -> str:
    return gpu().replace("</gpu>", f"{state}</gpu>")


@pytest.mark.parametrize(
    ("state", "said", "help_"),
    [
        (("action>None", "action>Reset"), "the driver asks for `Reset`", "--gpu-reset"),
        (("action>None", "action>Reboot"), "the driver asks for `Reboot`", "restart"),
        (("action>None", "action>Anything"), "the driver asks for `Anything`", "drain it"),
        (("failure>No", "failure>Yes"), "could not be remapped", "have it replaced"),
    ],
)
def test_a_gpu_that_nothing_should_run_on(state: tuple[str, str], said: str, help_: str) -> None:
    ((level, text, advice),) = told(gpu(), with_state(HEALTHY.replace(*state)))
    assert level is CheckState.BAD
    assert text.startswith("GPU 1: ")
    assert said in text
    assert help_ in advice


@pytest.mark.parametrize(
    ("before", "after"),
    [("pending>No", "pending>Yes"), ("retirement>N/A", "retirement>Yes")],
)
def test_memory_that_goes_out_of_use_at_the_next_reset(before: str, after: str) -> None:
    ((level, text, advice),) = told(*[with_state(HEALTHY.replace(before, after))] * 2)
    assert level is CheckState.NOTE
    assert text.startswith("GPU 0, 1: a part of its memory")
    assert "drain it" in advice


@pytest.mark.parametrize(("now", "later", "told_as"), [("Disabled", "Enabled", "on")])
def test_mig_that_waits_for_a_reset(now: str, later: str, told_as: str) -> None:
    waiting = gpu(mig=now).replace(
        f"<pending_mig>{now}</pending_mig>", f"<pending_mig>{later}</pending_mig>"
    )
    ((level, text, _),) = told(waiting)
    assert level is CheckState.NOTE
    assert f"MIG is to be {told_as} after the next reset" in text


def test_memory_that_programs_have() -> None:
    busy = gpu().replace("<used>3 MiB</used>", "<used>79000 MiB</used>")
    assert told(busy, gpu()) == [
        (CheckState.NOTE, "in use now: 79000 of 81559 MiB of GPU 0", ""),
    ]
    ((_, many, _),) = told(*[busy] * 5)
    assert many.endswith("of GPU 3 …")


def test_nothing_is_told_of_gpus_that_are_well_and_free() -> None:
    assert told(with_state(HEALTHY), gpu(mig="Enabled")) == []
