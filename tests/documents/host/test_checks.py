from __future__ import annotations

import pytest

from imagelint.core.environment import Environment
from imagelint.core.serving.host import (
    CdiSpec,
    CheckState,
    ContainerEngine,
    Disk,
    Driver,
    HostCheck,
    HostFacts,
    HostGpu,
    MigDevice,
    Toolkit,
)
from imagelint.documents.host.checks import checks
from imagelint.documents.host.starts import Wish, starts

H100 = HostGpu("NVIDIA H100 80GB HBM3", 81559)
L4 = HostGpu("NVIDIA L4", 23034)
V100 = HostGpu("Tesla V100-SXM2-16GB", 16384)
RTX = HostGpu("NVIDIA GeForce RTX 4090", 24564)
DOCKER = ContainerEngine("docker", "daemon.json", "nvidia", ("nvidia",), shm=64 * 2**20)
READY = HostFacts(
    Driver("580.95.05", "13.0", (H100, H100)),
    2,
    Toolkit("1.17.4", "auto"),
    (DOCKER,),
    memory=256 * 2**30,
    shm=128 * 2**30,
    disks=(Disk("/var/lib/docker", "nvme", 2**40, 2**41),),
)
GOOD, BAD, NOTE, UNKNOWN = CheckState


def told(facts: HostFacts, declared: Environment = Environment()) -> dict[str, list[HostCheck]]:  # noqa: B008 - it cannot be changed
    found: dict[str, list[HostCheck]] = {}
    for check in checks(facts, declared):
        found.setdefault(check.name, []).append(check)
    return found


def with_gpus(*gpus: HostGpu, driver: str = "580.95.05") -> HostFacts:
    return READY._replace(driver=Driver(driver, "13.0", gpus), pci_gpus=len(gpus))


def test_a_host_that_is_ready_is_told() -> None:
    assert [(one.name, one.state, one.said) for one in checks(READY, Environment())] == [
        ("driver", GOOD, "driver 580.95.05, which allows CUDA 13.0"),
        ("gpu", GOOD, "2 * NVIDIA H100 80GB HBM3 of 81559 MiB"),
        ("toolkit", GOOD, "version 1.17.4, its runtime in mode auto"),
        ("engine", GOOD, "docker: nvidia by default, which gives GPUs"),
        ("memory", NOTE, "256 GiB"),
        ("shm", NOTE, "128.0 GiB for containers that share the host's"),
        ("disk", NOTE, "/var/lib/docker: nvme, 1024 GiB free"),
    ]


def test_no_gpu_is_an_answer() -> None:
    (check,) = told(HostFacts(Driver(why="nvidia-smi is not installed")))["gpu"]
    assert check.state is NOTE
    assert check.said == "there is no NVIDIA GPU here: nvidia-smi is not installed"
    assert told(HostFacts())["gpu"][0].said == "there is no NVIDIA GPU here"
    assert told(HostFacts(), Environment(gpus_per_node=8))["gpu"][0].state is BAD


def test_gpus_without_a_driver_are_told() -> None:
    found = told(HostFacts(Driver(why="nvidia-smi is not installed"), 4))
    (check,) = found["driver"]
    assert check.state is BAD
    assert check.said.startswith("4 GPUs of NVIDIA are on the bus, and no driver works: nvidia-smi")
    assert found["gpu"][0].state is UNKNOWN


def test_a_driver_that_tells_of_no_gpu_is_not_known_to_work() -> None:
    (check,) = told(HostFacts(Driver("580.65.06", why="No devices were found"), 1))["driver"]
    assert check.state is UNKNOWN


def test_a_gpu_that_fell_off_the_bus_is_told() -> None:
    (check,) = told(READY._replace(pci_gpus=8))["gpu"]
    assert check.state is BAD
    assert check.said.endswith("8 are on the bus, the driver sees 2")


def test_slices_are_told() -> None:
    sliced = H100._replace(mig=True, slices=(MigDevice(40448), MigDevice(20096)))
    assert told(with_gpus(sliced))["mig"][0].said == "2 slices: 40448 MiB, 20096 MiB"
    assert told(with_gpus(H100._replace(mig=True)))["mig"][0].state is BAD
    assert "mig" not in told(with_gpus(H100._replace(mig=False)))


def test_a_toolkit_is_needed() -> None:
    assert told(READY._replace(toolkit=Toolkit()))["toolkit"][0].state is BAD


BARE = ContainerEngine("docker", "daemon.json")
SPEC = CdiSpec("/etc/cdi/nvidia.yaml", "nvidia.com/gpu", ("0", "all"))


@pytest.mark.parametrize(
    ("engine", "cdi", "state", "said"),
    [
        (BARE, (), BAD, "neither a runtime of NVIDIA nor CDI gives it GPUs"),
        (BARE, (SPEC,), GOOD, "GPUs by CDI where asked for"),
        (BARE, (SPEC._replace(kind="other.com/x"),), BAD, "neither"),
        (BARE._replace(cdi=False), (SPEC,), BAD, "neither"),
        (BARE._replace(nvidia=("gpu",)), (), GOOD, "GPUs by the runtime gpu where asked for"),
        (BARE._replace(mistake="it is ignored"), (SPEC,), BAD, "docker: it is ignored"),
    ],
)
def test_an_engine_has_to_give_gpus(
    engine: ContainerEngine, cdi: tuple[CdiSpec, ...], state: CheckState, said: str
) -> None:
    (check,) = told(READY._replace(engines=(engine,), cdi=cdi))["engine"]
    assert check.state is state
    assert said in check.said
    assert bool(check.help) is (state is BAD)


def test_of_several_engines_one_is_enough() -> None:
    podman = ContainerEngine("podman", "containers.conf", "crun", cdi=True)
    found = told(READY._replace(engines=(podman, DOCKER)))["engine"]
    assert [check.state for check in found] == [NOTE, GOOD]
    assert told(READY._replace(engines=()))["engine"][0].state is UNKNOWN


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Environment(driver="590.44.01"), "declares driver 590.44.01, this host has 580.95.05"),
        (Environment(gpu_product="NVIDIA-L4"), "declares NVIDIA-L4, this host has NVIDIA H100"),
        (Environment(gpus_per_node=8), "declares 8 GPUs a node, this host has 2"),
        (Environment(driver="570", gpu_product="nvidia-h100-80gb", gpus_per_node=2), ""),
        (Environment(gpu_product="NVIDIA-H100-80GB-HBM3"), ""),
    ],
)
def test_a_host_is_held_to_the_policy(declared: Environment, said: str) -> None:
    found = told(READY, declared).get("policy", [])
    assert len(found) == bool(said)
    assert all(check.state is BAD and said in check.said for check in found)


def test_what_is_not_known_of_a_machine_is_left_out() -> None:
    bare = READY._replace(memory=None, shm=None, disks=(Disk("/x"),))
    found = told(bare)
    assert "memory" not in found
    assert found["disk"][0].said == "/x: a disk of unknown kind, room unknown"


def answers(wish: Wish, facts: HostFacts) -> list[tuple[str, CheckState]]:
    return [(check.name, check.state) for check in starts(wish, facts)]


CUDA = Wish("nvidia/cuda:12.8.1-runtime-ubuntu24.04")


@pytest.mark.parametrize(
    ("driver", "state", "said"),
    [
        ("580.95.05", GOOD, "CUDA 12.8.1 runs with driver 580.95.05"),
        ("550.127.08", NOTE, "but what is compiled at run time may not"),
        ("newest", UNKNOWN, "needs driver 525.60.13, and `newest` is no version"),
        ("470.82.01", BAD, "CUDA 12.8.1 needs driver 525.60.13 or newer, this host has 470.82.01"),
    ],
)
def test_cuda_of_an_image_needs_a_driver(driver: str, state: CheckState, said: str) -> None:
    (check,) = starts(CUDA, with_gpus(H100, driver=driver))
    assert check.state is state
    assert said in check.said


def test_an_image_is_for_a_platform() -> None:
    here = READY._replace(platform="linux/arm64")
    other = CUDA._replace(platforms=("linux/amd64", "linux/arm"))
    (check,) = starts(other, here)
    assert check.state is BAD
    assert "is for linux/amd64, linux/arm, this host is linux/arm64" in check.said
    for fine, facts in (
        (CUDA._replace(platforms=("linux/arm64/v8",)), here),
        (CUDA, here),
        (other, READY),
    ):
        assert ("platform", BAD) not in answers(fine, facts)


def test_forward_compatibility_helps_data_centre_gpus() -> None:
    (old,) = starts(CUDA, with_gpus(H100, driver="470.82.01"))
    assert "cuda-compat may help" in old.help
    (card,) = starts(CUDA, with_gpus(RTX, driver="470.82.01"))
    assert "cuda-compat" not in card.help


def test_the_configuration_of_an_image_goes_before_its_name() -> None:
    wish = CUDA._replace(variables={"CUDA_VERSION": "13.0.1"})
    (check, *_) = starts(wish, with_gpus(H100, driver="550.127.08"))
    assert "CUDA 13.0.1 needs driver 580.65.06" in check.said


def test_an_engines_own_image_tells_its_cuda() -> None:
    (check, *_) = starts(Wish("vllm/vllm-openai:v0.11.2"), READY)
    assert check.state is GOOD


@pytest.mark.parametrize("image", ["acme/own:1", "not an image!", "nvidia/cuda:99.0-base"])
def test_an_image_whose_cuda_is_not_known_is_no_answer(image: str) -> None:
    assert answers(Wish(image), READY)[0] == ("cuda", UNKNOWN)


def test_gpus_that_cuda_does_not_know_are_told() -> None:
    blackwell = HostGpu("NVIDIA B200", 183359)
    old = Wish("nvidia/cuda:12.4.1-runtime-ubuntu22.04")
    assert answers(old, with_gpus(blackwell)) == [("cuda", GOOD), ("gpu", BAD)]
    new = Wish("nvidia/cuda:13.0.1-runtime-ubuntu24.04")
    assert answers(new, with_gpus(V100)) == [("cuda", GOOD), ("gpu", BAD)]
    assert answers(new, with_gpus(HostGpu("Some GPU"))) == [("cuda", GOOD), ("gpu", NOTE)]


def test_without_a_gpu_nothing_starts() -> None:
    assert answers(CUDA, HostFacts()) == [("start", BAD)]
    loaded = HostFacts(Driver("580.95.05", asked=False), pci_gpus=1)
    assert answers(CUDA, loaded) == [("start", UNKNOWN)]
    assert answers(CUDA, loaded._replace(pci_gpus=0)) == [("start", BAD)]
    nowhere = HostFacts(Driver(asked=False), bus_read=False)
    assert answers(CUDA, nowhere) == [("start", UNKNOWN)]


def test_a_driver_that_is_no_version_is_held_to_nothing() -> None:
    found = tuple(checks(with_gpus(H100, driver="x"), Environment(driver="550")))
    assert [one.state for one in found if one.name == "policy"] == [UNKNOWN]


def test_several_gpus_are_counted_and_share_memory() -> None:
    wish = Wish(gpus=4)
    assert answers(wish, READY) == [("gpu", BAD), ("shm", NOTE)]
    assert answers(wish._replace(gpus=2), READY) == [("shm", NOTE)]
    large = READY._replace(engines=(DOCKER._replace(shm=8 * 2**30),))
    assert answers(wish._replace(gpus=2), large) == []
    cut = H100._replace(mig=True, slices=(MigDevice(40448),))
    assert answers(wish._replace(gpus=2), with_gpus(cut, cut))[0] == ("mig", BAD)


@pytest.mark.parametrize(
    ("model", "gpus", "found", "state", "said"),
    [
        ("Qwen/Qwen3-8B", 1, (H100,), GOOD, "16.0 GB of weights"),
        ("meta-llama/Llama-3.1-70B-Instruct", 1, (H100,), BAD, "it does not fit"),
        ("meta-llama/Llama-3.1-8B-Instruct", 1, (L4,), BAD, "it does not fit"),
        ("acme/own", 1, (H100,), UNKNOWN, "the size of acme/own is not known"),
        ("Qwen/Qwen3-8B", 1, (HostGpu("x"),), UNKNOWN, "the memory of the GPUs is not known"),
        ("Qwen/Qwen3-8B", 1, (H100._replace(mig=True),), UNKNOWN, "is not known"),
    ],
)
def test_a_model_has_to_fit(
    model: str, gpus: int, found: tuple[HostGpu, ...], state: CheckState, said: str
) -> None:
    check = [*starts(Wish(model=model, gpus=gpus), with_gpus(*found))][-1]
    assert check.state is state
    assert said in check.said


def test_what_would_fit_is_advised() -> None:
    long = Wish(model="meta-llama/Llama-3.1-8B-Instruct")
    assert "--max-model-len" in [*starts(long, with_gpus(L4))][-1].help
    large = Wish(model="meta-llama/Llama-3.1-70B-Instruct")
    assert [*starts(large, with_gpus(H100))][-1].help == "take more GPUs"
    sliced = H100._replace(mig=True, slices=(MigDevice(20096), MigDevice(10048)))
    assert [*starts(Wish(model="Qwen/Qwen3-8B"), with_gpus(sliced))][-1].state is BAD
