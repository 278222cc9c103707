from __future__ import annotations

import pytest

from imagelint.knowledge.accelerators import (
    Accelerator,
    accelerator,
    annotated_shares,
    shares,
)
from imagelint.knowledge.gpus import (
    MigProfile,
    architecture,
    capability,
    gpu,
    gpu_memory_gb,
    is_served,
    is_shared,
    lacks_forward_compatibility,
    largest_memory_gb,
    mig_profile,
)
from imagelint.knowledge.kubernetes.node_labels import meant_value
from imagelint.knowledge.tables import table


@pytest.mark.parametrize(
    ("label", "name", "usable", "cc"),
    [
        ("NVIDIA-H100-80GB-HBM3", "H100", 79.2, (9, 0)),
        ("NVIDIA-H100-PCIe", "H100", 79.2, (9, 0)),
        ("NVIDIA-H100-NVL", "H100 NVL", 94, (9, 0)),
        ("NVIDIA-H200", "H200", 139.8, (9, 0)),
        ("NVIDIA-H20", "H20", 96, (9, 0)),
        ("NVIDIA-B200", "B200", 180, (10, 0)),
        ("NVIDIA-B300-SXM6-AC", "B300", 269, (10, 3)),
        ("NVIDIA-GB200", "GB200", 186, (10, 0)),
        ("NVIDIA-GH200-480GB", "GH200", 96, (9, 0)),
        ("NVIDIA-GH200-144G-HBM3e", "GH200 144GB", 144, (9, 0)),
        ("NVIDIA-A100-SXM4-40GB", "A100 40GB", 39.6, (8, 0)),
        ("NVIDIA-A100-SXM4-80GB", "A100 80GB", 79.3, (8, 0)),
        ("NVIDIA-A10G", "A10G", 22.5, (8, 6)),
        ("NVIDIA-A10", "A10", 22.5, (8, 6)),
        ("NVIDIA-L4", "L4", 22.5, (8, 9)),
        ("NVIDIA-L40S", "L40S", 45, (8, 9)),
        ("NVIDIA-L40", "L40", 45, (8, 9)),
        ("Tesla-T4", "T4", 15, (7, 5)),
        ("Tesla-V100-SXM2-16GB", "V100 16GB", 15.8, (7, 0)),
        ("NVIDIA-GeForce-RTX-4090", "RTX 4090", 23.7, (8, 9)),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000", 96, (12, 0)),
        ("nvidia-tesla-t4", "T4", 15, (7, 5)),
        ("nvidia-tesla-a100", "A100 40GB", 39.6, (8, 0)),
        ("nvidia-tesla-v100", "V100 16GB", 15.8, (7, 0)),
        ("nvidia-a100-80gb", "A100 80GB", 79.3, (8, 0)),
        ("nvidia-h100-mega-80gb", "H100", 79.2, (9, 0)),
        ("nvidia-h200-141gb", "H200", 139.8, (9, 0)),
        ("l40s", "L40S", 45, (8, 9)),
        ("t4", "T4", 15, (7, 5)),
    ],
)
def test_products(label: str, name: str, usable: float, cc: tuple[int, int]) -> None:
    found = gpu(label)
    assert found is not None
    assert (found.name, found.usable, found.capability) == (name, usable, cc)
    assert gpu_memory_gb(label) == usable


def test_a_name_that_leaves_the_memory_open() -> None:
    found = gpu("a100")
    assert found is not None
    assert found.usable is None
    assert gpu_memory_gb("v100") is None


def test_unknown_products() -> None:
    assert gpu("AMD-Instinct-MI300X") is None
    assert gpu_memory_gb("") is None


def test_slices() -> None:
    found = gpu("NVIDIA-A100-SXM4-80GB-MIG-1g.10gb")
    assert found is not None
    assert (found.usable, found.mig, found.shared) == (10, MigProfile(1, 10), False)
    assert mig_profile("nvidia.com/mig-3g.40gb") == MigProfile(3, 40)
    assert mig_profile("nvidia.com/mig-1g.10gb.me") == MigProfile(1, 10)
    assert mig_profile("nvidia.com/mig-1c.3g.20gb") == MigProfile(3, 20)
    assert mig_profile("nvidia.com/gpu") is None


def test_shared_devices() -> None:
    found = gpu("Tesla-T4-SHARED")
    assert found is not None
    assert found.shared
    assert is_shared("nvidia.com/gpu.shared")
    assert not is_shared("nvidia.com/gpu")


def test_every_product_has_an_architecture() -> None:
    for row in table("gpus")["products"]:
        assert architecture(capability(row["capability"])) is not None
        assert ("sold" in row) == ("usable" in row)
        assert row.get("usable", 0) <= row.get("sold", 0)
    assert largest_memory_gb() == 288


def test_architectures() -> None:
    blackwell = architecture((10, 0))
    assert blackwell is not None
    assert (blackwell.generation, blackwell.first, blackwell.last) == ("Blackwell", (12, 8), ())
    volta = architecture((7, 0))
    assert volta is not None
    assert volta.last < (13,)
    assert architecture((1, 0)) is None


@pytest.mark.parametrize("value", ["nvidia-h100-80gb", "nvidia-tesla-t4", "nvidia-h300"])
def test_labels_that_exist_or_may_exist_are_left_alone(value: str) -> None:
    assert meant_value("cloud.google.com/gke-accelerator", value) == ""


def test_a_label_that_does_not_exist_is_known_by_what_is_meant() -> None:
    assert meant_value("cloud.google.com/gke-accelerator", "nvidia-h100") == "nvidia-h100-80gb"
    assert meant_value("example.com/gpu", "nvidia-h100") == ""


def test_every_value_that_is_meant_exists() -> None:
    for row in table("node_labels")["labels"]:
        assert set(row["meant"]) <= set(row["values"])


def test_code_runs_on_newer_gpus_of_the_same_major_only() -> None:
    assert is_served((8, 9), ("8.0", "8.6"))
    assert not is_served((8, 0), ("8.6",))
    assert not is_served((10, 0), ("9.0", "12.0"))


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("nvidia.com/gpu", Accelerator("nvidia.com/gpu", "nvidia")),
        ("nvidia.com/gpu.shared", Accelerator("nvidia.com/gpu.shared", "nvidia", shared=True)),
        ("nvidia.com/mig-1g.10gb", Accelerator("nvidia.com/mig-1g.10gb", "nvidia", slice=True)),
        ("amd.com/gpu", Accelerator("amd.com/gpu", "amd")),
        ("aws.amazon.com/neuroncore", Accelerator("aws.amazon.com/neuroncore", "aws")),
        ("huawei.com/Ascend910", Accelerator("huawei.com/Ascend910", "huawei")),
        ("nvidia.com/hostdev", None),
        ("cpu", None),
        ("memory", None),
    ],
)
def test_resources(resource: str, found: Accelerator | None) -> None:
    assert accelerator(resource) == found


@pytest.mark.parametrize(
    "label", ["NVIDIA-GeForce-RTX-4090", "NVIDIA GeForce GTX 1080", "rtx_a6000"]
)
def test_cards_that_the_compatibility_package_does_not_help(label: str) -> None:
    assert lacks_forward_compatibility(label)


@pytest.mark.parametrize(
    "label", ["NVIDIA-H100-80GB-HBM3", "NVIDIA-RTX-PRO-6000-Server", "", "Tesla-T4"]
)
def test_cards_that_it_may_help(label: str) -> None:
    assert not lacks_forward_compatibility(label)


@pytest.mark.parametrize(
    ("resource", "fewest", "most"),
    [
        ("nvidia.com/gpu", 1, 1),
        ("aws.amazon.com/neuron", 2, 8),
        ("aws.amazon.com/neurondevice", 2, 8),
        ("aws.amazon.com/neuroncore", 1, 1),
        ("habana.ai/gaudi", 1, 1),
        ("google.com/tpu", 1, 2),
        ("gpu.intel.com/xe", 1, 2),
    ],
)
def test_processors_of_a_device(resource: str, fewest: int, most: int) -> None:
    known = accelerator(resource)
    assert known is not None
    assert (known.fewest, known.most) == (fewest, most)


def test_what_says_how_large_a_part_is_meant_is_no_device() -> None:
    assert shares()["nvidia.com/gpumem"] == 1
    assert not any(accelerator(name) for name in shares())
    assert annotated_shares().names == {"gpu-fraction": 0, "gpu-memory": 1}
