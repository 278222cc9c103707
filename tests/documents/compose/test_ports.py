from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.ports import container_ports, read_ports
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


@pytest.mark.parametrize(
    ("port", "host", "published", "target", "protocol"),
    [
        ("80", ABSENT, ABSENT, "80", "tcp"),
        ("'80'", ABSENT, ABSENT, "80", "tcp"),
        ("8080:80", ABSENT, "8080", "80", "tcp"),
        ("22:22", ABSENT, "22", "22", "tcp"),
        ("8000-8010:80-90", ABSENT, "8000-8010", "80-90", "tcp"),
        ("127.0.0.1:8080:80/udp", "127.0.0.1", "8080", "80", "udp"),
        ("127.0.0.1::80", "127.0.0.1", ABSENT, "80", "tcp"),
        ("'[::1]:8080:80'", "::1", "8080", "80", "tcp"),
        ("${PORT:-8080}:80", ABSENT, "8080", "80", "tcp"),
        ("${PORT}:80", ABSENT, UNKNOWN, "80", "tcp"),
        ("${HOST:-127.0.0.1}:${PORT:-${P}}:80", "127.0.0.1", UNKNOWN, "80", "tcp"),
        ("$HOST:1:2", UNKNOWN, "1", "2", "tcp"),
        ("'a:b:c:d:e'", UNKNOWN, UNKNOWN, UNKNOWN, "tcp"),
        ("[]", UNKNOWN, UNKNOWN, UNKNOWN, "tcp"),
        ("{target: 80, published: '8080', host_ip: 0.0.0.0}", "0.0.0.0", "8080", "80", "tcp"),  # noqa: S104 - text
        ("{target: 80, protocol: udp}", ABSENT, ABSENT, "80", "udp"),
    ],
)
def test_published_ports(
    port: str, host: object, published: object, target: object, protocol: str
) -> None:
    (found,) = read_ports(read(f"ports:\n- {port}\n"))
    facts = (found.host, found.published, found.target)
    values = tuple(fact.value if isinstance(fact, Known) else fact for fact in facts)
    assert values == (host, published, target)
    assert found.protocol == protocol
    assert found.path == "ports[0]"


def test_ports_of_the_container() -> None:
    service = read("ports: ['1:80', '2-3:4-5', '${X}', '6:80']\nexpose: [9000, 53/udp, '123456']")
    found = container_ports(read_ports(service), service)
    assert [port.number for port in found] == [80, 9000, 53]
    assert [port.path for port in found] == ["ports[0]", "expose[0]", "expose[1]"]
    assert read_ports(read("ports: x")) == ()
