"""No single edit of a compose file makes a service pass unread.

The oracle walks the values that are edited, and shares nothing with the reader.
"""

from __future__ import annotations

import json

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.compose.document import ComposeFile
from imagelint.run.reading.recognition import recognise
from tests.documents.kubernetes.test_mutants import mutants

DEVICE = {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
FILE = {
    "services": {
        "llm": {
            "image": "vllm/vllm-openai:v0.11.0",
            "command": ["--model", "/models/a"],
            "healthcheck": {"test": ["CMD", "curl", "localhost:8000/health"]},
            "deploy": {"resources": {"reservations": {"devices": [DEVICE]}}},
        },
        "web": {"build": {"context": "."}, "depends_on": {"llm": {"condition": "service_healthy"}}},
    },
}


def test_a_single_edit_is_a_complaint_or_leaves_all_services_shown() -> None:
    edited = [one for one in mutants(FILE) if one.get("services") not in (None, {})]
    assert len(edited) > 400
    assert [one for one in edited if passes_unread(json.dumps(one))] == []


def passes_unread(text: str) -> bool:
    """Whether nothing is said of a file and not both of its services are shown with what runs."""
    found = recognise(Source("compose.yaml", text))
    if isinstance(found, Report):
        return not found.problems
    assert isinstance(found, ComposeFile)
    if found.complaints or found.unread():
        return False
    return sum(bool(service.image or service.build) for service in found.services) < len(
        FILE["services"]
    )
