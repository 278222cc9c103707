"""Serving commands of small manifests."""

from __future__ import annotations

from imagelint.core.source import Source
from imagelint.documents.compose.document import parse_compose
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.serving.command import ServingCommand

POD = "{{apiVersion: v1, kind: Pod, spec: {{{spec}containers: [{{name: s, {container}}}]}}}}"


def servers(text: str) -> list[ServingCommand]:
    parse = parse_compose if text.startswith("services") else parse_manifest
    found = parse(Source("file.yaml", text)).walk()
    return [node for node in found if isinstance(node, ServingCommand)]


def pod(container: str, spec: str = "") -> ServingCommand:
    return servers(POD.format(container=container, spec=f"{spec}, " if spec else ""))[0]


def vllm(more: str = "", args: str = "--model, Qwen/Qwen3-8B") -> ServingCommand:
    return pod(f"image: 'vllm/vllm-openai:v0.30.0', args: [{args}]" + (f", {more}" if more else ""))
