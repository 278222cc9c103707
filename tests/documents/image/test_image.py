from __future__ import annotations

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.reference import parse_reference
from imagelint.documents.image.config import ImageConfig
from imagelint.documents.image.image import NOWHERE, ImageIdentity, ImageTarget, image_config
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.shared import EnvOrigin, EnvVar, ImageRole, ImageUse

DIGEST = "sha256:" + "0a" * 32
CONFIG = {
    "os": "linux",
    "architecture": "arm64",
    "created": "2026-01-01T00:00:00Z",
    "config": {
        "User": "10001",
        "Env": ["PATH=/bin", "HF_TOKEN=a=b", "EMPTY"],
        "Entrypoint": ["vllm", "serve"],
        "Cmd": ["model"],
        "WorkingDir": "/app",
        "Labels": {"team": "llm\x1b[0m"},
        "ExposedPorts": {"8000/tcp": {}},
        "Volumes": {"/cache": {}},
        "Healthcheck": {"Test": ["CMD", "true"]},
        "StopSignal": "SIGINT",
    },
}


def config() -> ImageConfig:
    return image_config(JsonView(CONFIG))


def test_a_configuration_is_read_whole() -> None:
    found = config()
    assert found.env == (("PATH", "/bin"), ("HF_TOKEN", "a=b"), ("EMPTY", ""))
    assert found[1:2] + found[3:] == (
        *("10001", ("vllm", "serve"), ("model",), "/app", (("team", "llm [0m"),)),
        *(("8000/tcp",), ("/cache",), ("CMD", "true"), "SIGINT", "2026-01-01T00:00:00Z"),
        *("linux", "arm64", "config"),
    )


def test_an_empty_configuration_says_nothing() -> None:
    found = image_config(JsonView({}))
    assert isinstance(found, ImageConfig)
    assert (found.user, found.env, found.labels) == ("", (), ())


def test_an_image_of_a_registry_is_an_image_use_with_its_digest() -> None:
    identity = ImageIdentity("a.test/llm:v1", DIGEST, "a.test/llm")
    target = ImageTarget(identity, config())
    nodes = list(target.nodes())
    text = f"a.test/llm@{DIGEST}"
    reference = parse_reference(text)
    assert reference is not None
    assert nodes[0] == ImageUse(NOWHERE, ImageRole.TARGET, text, Known(reference))
    assert nodes[1] is target.config
    variables = [node for node in nodes if isinstance(node, EnvVar)]
    assert [(one.name, one.value, one.origin) for one in variables] == [
        ("PATH", Known("/bin"), EnvOrigin.ENV),
        ("HF_TOKEN", Known("a=b"), EnvOrigin.ENV),
        ("EMPTY", Known(""), EnvOrigin.ENV),
    ]
    assert variables[1].path == "config.Env.HF_TOKEN"
    assert (target.reference, target.digest) == ("a.test/llm:v1", DIGEST)


def test_an_image_of_a_layout_is_no_image_use() -> None:
    identity = ImageIdentity("oci:out:v1", DIGEST, layout="out")
    target = ImageTarget(identity)
    assert list(target.nodes()) == []
    assert identity.pinned == f"oci:out@{DIGEST}"


def test_without_a_digest_the_reference_stays_as_written() -> None:
    assert ImageIdentity("a.test/llm:v1", "", "a.test/llm").pinned == "a.test/llm:v1"


def test_a_reference_that_is_none_is_unknown() -> None:
    (use,) = ImageTarget(ImageIdentity("UPPER", "")).nodes()
    assert isinstance(use, ImageUse)
    assert use.reference is UNKNOWN
