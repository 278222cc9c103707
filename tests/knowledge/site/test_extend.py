from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import Known
from imagelint.core.reference import parse_reference
from imagelint.core.source import Source
from imagelint.knowledge.accelerators import accelerator
from imagelint.knowledge.base_images import base_image
from imagelint.knowledge.containers.programs import lacked_programs
from imagelint.knowledge.cuda import cuda_of_image, is_cuda_repository, lacks_compiler
from imagelint.knowledge.engine_schema import EngineIndex
from imagelint.knowledge.engines import engine, engines
from imagelint.knowledge.gpus import architecture, gpu, products
from imagelint.knowledge.kubernetes.node_labels import meant_value, product_labels
from imagelint.knowledge.kubernetes.operator_schema import OperatorIndex
from imagelint.knowledge.kubernetes.operators import (
    AS_WRITTEN,
    COMPLETED,
    image_keys,
    makes_pods,
    workload,
)
from imagelint.knowledge.models import native_bytes, parameters_of, takes_media
from imagelint.knowledge.recognition import engine_of_image, engine_of_program, recognise_image
from imagelint.knowledge.serving.lifetimes import end_of_life
from imagelint.knowledge.serving.shapes import model_shape
from imagelint.knowledge.site.extend import extended, tables_of
from imagelint.knowledge.tables import hold, shipped, table
from imagelint.knowledge.versions import engine_version
from imagelint.policy.site.load import SECTIONS, site_facts
from tests.knowledge.site.facts import SITE, facts
from tools.tables import Form, complaints

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference

FACTS = site_facts(Source("site.yaml", SITE))
INDEXES = {"engines/index": EngineIndex, "operators/index": OperatorIndex}
EXTENDED = sorted({name for section in SECTIONS for name in tables_of(section)})


def image(text: str) -> ImageReference:
    found = parse_reference(text)
    assert found is not None
    return found


@pytest.fixture
def site() -> None:
    hold(FACTS)


@pytest.mark.parametrize("name", EXTENDED)
def test_a_table_with_facts_of_a_site_has_its_form(name: str) -> None:
    found = extended(name, FACTS)
    form = INDEXES.get(name)
    assert [*(Form(form).complaints(found, "") if form else complaints(name, found))] == []  # type: ignore[arg-type]
    assert found != shipped(name)


@pytest.mark.parametrize("name", ["acme-serve", "fork", "tgi"])
def test_an_engine_of_a_site_has_the_form_of_ours(name: str) -> None:
    assert [*complaints(f"engines/{name}", extended(f"engines/{name}", FACTS))] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EXTENDED)
def test_our_tables_stay_as_they_are(name: str) -> None:
    before = repr(shipped(name))
    extended(name, FACTS)
    assert repr(shipped(name)) == before


def test_without_facts_tables_are_ours() -> None:
    hold(FACTS)
    assert gpu("ACME-X200-96GB") is not None
    hold(())
    assert gpu("ACME-X200-96GB") is None
    assert table("gpus") is shipped("gpus")


@pytest.mark.usefixtures("site")
def test_a_gpu_is_known_by_its_labels() -> None:
    for label in ("ACME-X200-96GB", "X200", "NVIDIA-ACME-X2-SHARED"):
        found = gpu(label)
        assert found is not None
        assert (found.name, found.sold, found.usable) == ("ACME-X200-96GB", 96, 92)
        assert found.profiles == ("1g.12gb", "5g.60gb")
    known = architecture((13, 0))
    assert known is not None
    assert (known.generation, known.first, known.last) == ("Next", (13, 1), (14, 0))
    assert ("ACME-X200-96GB", 92.0) in products()
    assert accelerator("nvidia.com/mig-5g.60gb") is not None


@pytest.mark.usefixtures("site")
def test_an_image_is_an_engine_at_the_release_of_its_tag() -> None:
    own = image("registry.example.com/llm/serve:0.10.0-corp3")
    found = recognise_image(own)
    assert found is not None
    assert (found.engine, found.upstream, found.bare) == ("vllm", True, True)
    assert engine_version("vllm", own) == Known("0.10.0")
    assert engine_of_image(image("registry.example.com/llm/serve:tools")) == ""


@pytest.mark.usefixtures("site")
def test_a_mirror_leads_to_the_image_of_the_project() -> None:
    mirrored = image("registry.example.com/mirror/vllm/vllm-openai:v0.10.0")
    assert engine_version("vllm", mirrored) == Known("0.10.0")
    assert base_image(mirrored) == base_image(image("vllm/vllm-openai:v0.10.0"))
    ended = end_of_life(image("registry.example.com/mirror/debian:9"))
    assert ended == end_of_life(image("debian:9")) is not None
    # The longest prefix counts.
    assert engine_of_image(image("registry.example.com/mirror/nvidia/tritonserver:25.09-py3"))
    assert is_cuda_repository(image("registry.example.com/mirror/nvidia/cuda:12.4.1-base"))
    assert end_of_life(image("registry.example.com/other/debian:9")) is None


@pytest.mark.usefixtures("site")
def test_a_base_image_tells_its_user_its_cuda_and_its_tools() -> None:
    base = image("registry.example.com/base/cuda:12.4-devel")
    found = base_image(base)
    assert found is not None
    assert (found.root, found.user) == (False, "1000")
    assert cuda_of_image(base) == Known((12, 4))
    assert lacks_compiler(base)
    assert lacked_programs(base) == {"curl", "wget"}
    other = image("registry.example.com/base/ml:2026")
    told = base_image(other)
    assert told is not None
    assert told.root
    assert cuda_of_image(other) == Known((12, 4, 1))
    assert not lacks_compiler(other)
    assert not isinstance(cuda_of_image(image("registry.example.com/base/cuda:edge")), Known)


@pytest.mark.usefixtures("site")
def test_an_engine_of_a_site_is_recognised_and_told_as_it_says() -> None:
    started = engine_of_program(["python3", "-m", "acme.serve", "--tp", "2"])
    assert started is not None
    assert (started.engine, started.length) == ("acme-serve", 3)
    known = engine("acme-serve")
    assert known.title == "ACME Serve"
    assert known.default("port", own_image=False) == 9000
    assert known.canonical("tp") == "tp"
    assert known.environment == {"ACME_TP": "tp"}
    assert (known.endpoints.liveness, known.endpoints.readiness) == ("/healthz", "/ready")
    assert known.metrics is not None
    assert known.metrics.path == "/metrics"
    assert known.drain_seconds == 60
    # What nobody says of it is unknown, and not absent.
    assert "quantization" in known.elsewhere
    assert "tensor_parallel" not in known.elsewhere
    assert {"acme-serve", "fork"} <= {*engines()}


@pytest.mark.usefixtures("site")
def test_an_engine_is_like_another_but_for_what_is_said() -> None:
    fork, tgi = engine("fork"), engine("tgi")
    assert (fork.name, fork.title) == ("fork", "fork")
    assert fork.options == engine("vllm").options
    assert (tgi.title, tgi.defaults["port"]) == ("Text Generation Inference", 8080)


def test_an_engine_is_not_another_whose_name_is_nearly_the_same() -> None:
    hold((facts("engines", {"name": "llama-cpp", "port": 1, "health": "/up"}),))
    known = engine("llama-cpp")
    assert (known.title, known.options["model"], known.defaults) == ("llama-cpp", (), {"port": 1})
    assert engine("llama.cpp").options["model"]


@pytest.mark.usefixtures("site")
def test_an_operator_makes_what_it_says() -> None:
    known = workload("serving.example.com", "ModelServer")
    assert known.adds.probes == {"readiness", "liveness", "startup"}
    assert (known.adds.shared_memory, known.adds.arguments) == (True, False)
    assert known.tells.engine == "acme-serve"
    assert known.tells.options == (("tensor_parallel", (("parallel", "tensor"),)),)
    assert known.several == ("workers",)
    assert makes_pods("serving.example.com", "ModelServer")
    assert image_keys("serving.example.com") == ("image",)
    assert workload("other.example.com", "Any").adds == AS_WRITTEN.adds
    assert workload("third.example.com", "Any").adds == COMPLETED.adds


@pytest.mark.usefixtures("site")
def test_a_model_has_its_size_and_its_shape() -> None:
    assert parameters_of("corp/corp-llm-7b") == 120
    assert native_bytes("corp/corp-llm") == 1
    assert takes_media("corp/corp-llm")
    shape = model_shape("corp/corp-llm")
    assert shape is not None
    assert (shape.heads, shape.kv_heads, shape.context) == (64, 8, 131072)
    latent = model_shape("corp-mla")
    assert latent is not None
    assert (latent.latent, latent.window) == (576, 4096)


@pytest.mark.usefixtures("site")
def test_a_label_names_a_product() -> None:
    assert "example.com/gpu" in product_labels()
    assert meant_value("example.com/gpu", "X-200-A") == "X200"
    assert meant_value("example.com/gpu", "X200") == ""


def test_of_two_entries_the_last_counts() -> None:
    older = {"product": "H100", "memory": 64, "capability": "9.0"}
    newer = {"product": "H100", "memory": 65, "capability": "9.0"}
    found = {}
    for order in ((older, newer), (newer, older)):
        hold((facts("gpus", *order),))
        one = gpu("H100")
        hold((facts("gpus", order[0]), facts("gpus", order[1], origin="b.yaml")))
        two = gpu("H100")
        assert one is not None
        assert two is not None
        assert one == two
        found[order[1]["memory"]] = one.sold
    assert found == {65: 65, 64: 64}
