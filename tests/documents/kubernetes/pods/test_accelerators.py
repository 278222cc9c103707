from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.kubernetes.pods.accelerators import (
    gpu_product,
    is_accelerator,
    quantity,
    requested,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


@pytest.mark.parametrize(
    "name",
    [
        *("nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.10gb", "amd.com/gpu"),
        *("gpu.intel.com/i915", "gpu.intel.com/xe", "habana.ai/gaudi", "google.com/tpu"),
        *("aws.amazon.com/neuron", "aws.amazon.com/neuroncore", "huawei.com/Ascend910"),
    ],
)
def test_resources_that_are_accelerators(name: str) -> None:
    assert is_accelerator(name)


@pytest.mark.parametrize(
    "name", ["cpu", "memory", "nvidia.com/gpu.product", "rdma/ib", "amd.com/x"]
)
def test_resources_that_are_none(name: str) -> None:
    assert not is_accelerator(name)


@pytest.mark.parametrize(
    ("resources", "resource", "count"),
    [
        ("limits: {nvidia.com/gpu: 2}", "nvidia.com/gpu", 2.0),
        ("limits: {nvidia.com/gpu: '1'}\nrequests: {nvidia.com/gpu: 4}", "nvidia.com/gpu", 1.0),
        ("requests: {amd.com/gpu: 4}", "amd.com/gpu", 4.0),
        ("limits: {nvidia.com/mig-1g.5gb: 1, nvidia.com/gpu: 2}", "nvidia.com/mig-1g.5gb", 3.0),
        ("limits: {nvidia.com/gpu: '{{ x }}'}", "nvidia.com/gpu", UNKNOWN),
        ("limits: {nvidia.com/gpu: two}", "nvidia.com/gpu", UNKNOWN),
        ("limits: {cpu: 1}\nclaims: [{name: gpu}]", "claims", UNKNOWN),
    ],
)
def test_what_is_requested(resources: str, resource: str, count: object) -> None:
    fact = requested(read(resources))
    assert isinstance(fact, Known)
    request = fact.value
    assert request.resource == resource
    assert (request.quantity.value if isinstance(request.quantity, Known) else UNKNOWN) == count


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("limits: {cpu: 1}", ABSENT),
        ("limits: {nvidia.com/gpu: 0}", ABSENT),
        ("limits:\nclaims:", ABSENT),
        ("limits: '{{ x }}'", UNKNOWN),
        ("requests: '{{ x }}'", UNKNOWN),
        ("'{{ x }}'", UNKNOWN),
    ],
)
def test_nothing_requested_and_nothing_known(resources: str, expected: object) -> None:
    assert requested(read(resources)) is expected


def test_quantities_at_a_place() -> None:
    root = read("a: 2Gi\nb: x\nc: '{{ x }}'")
    assert quantity(root["a"]) == Known(2.0 * 2**30, root["a"].span)
    assert quantity(root["b"]) is quantity(root["c"]) is UNKNOWN
    assert quantity(root["d"]) is ABSENT


AFFINITY = """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions:
        - {key: zone, operator: In, values: [a]}
        - {key: nvidia.com/gpu.product, operator: OPERATOR, values: VALUES}
"""


@pytest.mark.parametrize(
    ("spec", "product"),
    [
        ("nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}", "NVIDIA-L4"),
        ("nodeSelector: {cloud.google.com/gke-accelerator: nvidia-l4}", "nvidia-l4"),
        ("nodeSelector: {karpenter.k8s.aws/instance-gpu-name: l40s}", "l40s"),
        ("nodeSelector: {nvidia.com/gpu.product: '{{ x }}'}", UNKNOWN),
        ("nodeSelector: '{{ x }}'", UNKNOWN),
        ("nodeSelector: {zone: a}", ABSENT),
        ("affinity: '{{ x }}'", UNKNOWN),
        ("affinity: {podAffinity: {}}", ABSENT),
        (AFFINITY.replace("OPERATOR", "In").replace("VALUES", "[H100]"), "H100"),
        (AFFINITY.replace("OPERATOR", "In").replace("VALUES", "[H100, H200]"), UNKNOWN),
        (AFFINITY.replace("OPERATOR", "NotIn").replace("VALUES", "[H100]"), UNKNOWN),
        (AFFINITY.replace("OPERATOR", "'{{ x }}'").replace("VALUES", "[H100]"), UNKNOWN),
        (
            AFFINITY.replace("OPERATOR", "In").replace("VALUES", "[H100]")
            + "      - matchExpressions: [{key: b, operator: Exists}]\n",
            UNKNOWN,
        ),
    ],
)
def test_the_product_that_nodes_must_have(spec: str, product: object) -> None:
    fact = gpu_product(read(spec))
    assert (fact.value if isinstance(fact, Known) else fact) == product
