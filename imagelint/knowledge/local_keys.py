"""What people write for a key that a local model server ignores."""

from __future__ import annotations

from imagelint.knowledge.engines import engines

__all__ = ["is_local_key"]

# Clients insist on a key. Ollama: docs.ollama.com/api/openai-compatibility and
# docs.ollama.com/api/anthropic-compatibility ("required but ignored"); LM Studio:
# lmstudio.ai/docs/app/api/endpoints/openai; vLLM: docs.vllm.ai quickstart (`EMPTY`,
# `token-abc123`); llama.cpp: its server's README (`sk-no-key-required`); the others name the
# server in the place of the key as their examples do.
_DOCUMENTED = frozenset(
    {"ollama", "lm-studio", "lmstudio", "lm_studio", "empty", "token-abc123", "sk-no-key-required"}
    | {"localai", "local-ai", "llamacpp", "llama-cpp", "llama.cpp", "llamafile", "koboldcpp"}
    | {"xinference", "fastchat", "jan", "gpt4all", "litellm", "tabbyapi", "local", "localhost"}
)


def is_local_key(text: str) -> bool:
    """Whether a text names a local server, or is what its documentation writes for a key."""
    word = text.lower()
    return word in _DOCUMENTED or (word in engines() and not any(map(str.isdigit, word)))
