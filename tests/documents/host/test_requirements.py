from __future__ import annotations

import pytest

from imagelint.core.serving.host import CheckState, Driver, HostFacts, HostGpu
from imagelint.documents.host.requirements import demands
from imagelint.documents.host.starts import Wish, starts

H100 = HostGpu("NVIDIA H100 80GB HBM3", 81559, brand="NVIDIA")
T4 = HostGpu("Tesla T4", 15360, brand="Tesla")
RTX = HostGpu("NVIDIA RTX 6000 Ada Generation", 49140, brand="NVIDIA RTX")
OLDER = "cuda>=12.8 brand=tesla,driver>=535,driver<536 brand=nvidia,driver>=550,driver<551"


def met(text: str, *gpus: HostGpu, driver: str = "550.90.07", cuda: str = "12.4") -> bool | None:
    facts = HostFacts(Driver(driver, cuda, gpus or (H100,)))
    (one,) = demands({"NVIDIA_REQUIRE_CUDA": text}, facts)
    return one.met


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cuda>=12.4", True),
        ("cuda>=12.8", False),
        ("cuda>12.3,cuda<13", True),
        ("cuda!=12.4", False),
        ("cuda=12.4", True),
        ("cuda<=12.3", False),
        ("cuda>=12.8 driver>=550", True),
        ("cuda>=12.8 driver>=550,brand=tesla", False),
        ("brand!=tesla", True),
        ("arch>=9.0", True),
        ("arch<9.0", False),
        ("arch>=9.0,arch<9.0", False),
        (OLDER, True),
        ("memory>=80", True),  # the runtime passes over what it does not know
        ("memory>=80,cuda>=12.8", False),
        ("driver>=550  cuda>=99", True),
        ("driver>=new", None),
    ],
)
def test_alternatives_and_what_must_hold_together(text: str, expected: bool | None) -> None:  # noqa: FBT001 - as the demand is met
    assert met(text) is expected


def test_each_gpu_must_meet_it() -> None:
    assert met(OLDER, H100) is True
    assert met(OLDER, T4) is False
    assert met(OLDER, H100, T4) is False
    assert met(OLDER, T4, driver="535.230.02", cuda="12.2") is True
    assert met("brand=nvidiartx", RTX) is True


def test_what_is_not_known_decides_only_where_nothing_else_does() -> None:
    assert met("cuda>=12.8", cuda="") is None
    assert met("cuda>=12.8 driver>=550", cuda="") is True
    assert met("cuda>=12.8,driver>=999", cuda="") is False
    assert met("brand=tesla", HostGpu("NVIDIA H100 80GB HBM3")) is None
    assert met("arch>=9.0", HostGpu("a board of tomorrow")) is None
    assert met("arch>=9.0", H100, HostGpu("a board of tomorrow")) is None


def test_which_variables_demand_something() -> None:
    facts = HostFacts(Driver("550.90.07", "12.4", (H100,)))

    def names(**variables: str) -> list[str]:
        return [f"{one.variable}: {one.text}" for one in demands(variables, facts)]

    assert names(NVIDIA_REQUIRE_DRIVER="driver>=1", NVIDIA_REQUIRE_ARCH="arch>=1") == [
        "NVIDIA_REQUIRE_ARCH: arch>=1",
        "NVIDIA_REQUIRE_DRIVER: driver>=1",
    ]
    assert names(NVIDIA_REQUIRE_JETPACK="csv-mounts=all", NVIDIA_REQUIRE_CUDA=" ", PATH="/") == []
    assert names(CUDA_VERSION="12.8.1") == ["CUDA_VERSION: cuda>=12.8"]
    assert names(CUDA_VERSION="12") == ["CUDA_VERSION: cuda>=12.0"]
    assert names(CUDA_VERSION="12.8", NVIDIA_REQUIRE_CUDA="cuda>=1") == [
        "NVIDIA_REQUIRE_CUDA: cuda>=1"
    ]
    assert names(CUDA_VERSION="newest") == []
    assert names(NVIDIA_REQUIRE_CUDA="cuda>=99", NVIDIA_DISABLE_REQUIRE="1") == []
    assert len(names(NVIDIA_REQUIRE_CUDA="cuda>=99", NVIDIA_DISABLE_REQUIRE="yes")) == 1
    assert list(demands({"NVIDIA_REQUIRE_CUDA": "cuda>=1"}, HostFacts())) == []


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ("cuda>=12.4", CheckState.GOOD, "NVIDIA_REQUIRE_CUDA of the image is met: cuda 12.4"),
        ("cuda>=12.8", CheckState.BAD, "the container runtime refuses acme/own:1"),
        ("cuda", CheckState.BAD, "does not read `cuda` in NVIDIA_REQUIRE_CUDA"),
        ("driver>=new", CheckState.UNKNOWN, "cannot be told of cuda 12.4, driver 550.90.07"),
    ],
)
def test_a_host_is_held_to_what_an_image_demands(text: str, state: CheckState, said: str) -> None:
    facts = HostFacts(Driver("550.90.07", "12.4", (H100,)))
    wish = Wish("acme/own:1", variables={"NVIDIA_REQUIRE_CUDA": text})
    (check,) = (one for one in starts(wish, facts) if one.name == "require")
    assert check.state is state
    assert said in check.said
