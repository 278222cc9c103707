"""What servers are told as JSON and do not take."""

from __future__ import annotations

import pytest

from imagelint.documents.queries.start.settings import refused_settings
from tests.documents.queries.manifests import servers


def refused(text: str) -> list[tuple[str, str]]:
    word = f"--speculative-config={text}".replace("'", "''")
    (server,) = servers(
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a,"
        f" image: 'vllm/vllm-openai:v0.11.0', args: [--model=m/m, '{word}']}}]}}}}"
    )
    return [(one.fault, one.what) for one in refused_settings(server)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", []),
        ('{"num_speculative_tokens": 4k}', []),
        ('{"num_speculative_tokens": 4k,}', [("json", "expecting ',' delimiter")]),
        ("[1", []),
        ('{"method": "ngram"', [("json", "expecting ',' delimiter")]),
        ('{"a":' * 3_000, [("json", "it is nested too deeply")]),
        ('{"a":' * 9_000, []),
    ],
)
def test_json_is_read_as_the_server_reads_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert refused(text) == expected
