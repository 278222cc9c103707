"""Who gives out keys and tokens, and what people write for keys that are ignored."""

from __future__ import annotations

__all__ = ["VENDORS", "is_local_key"]

VENDORS = frozenset(
    {"OPENAI", "ANTHROPIC", "CLAUDE", "GEMINI", "GOOGLE", "VERTEX", "AZURE", "AWS", "BEDROCK"}
    | {"COHERE", "MISTRAL", "GROQ", "TOGETHER", "TOGETHERAI", "REPLICATE", "FIREWORKS"}
    | {"PERPLEXITY", "DEEPSEEK", "DASHSCOPE", "QWEN", "MOONSHOT", "ZHIPU", "ZHIPUAI", "OPENROUTER"}
    | {"HF", "HUGGINGFACE", "NVIDIA", "NGC", "NIM", "WANDB", "NEPTUNE", "COMET", "CLEARML"}
    | {"PINECONE", "QDRANT", "WEAVIATE", "MILVUS", "ZILLIZ", "TAVILY", "SERPER", "SERPAPI"}
    | {"JINA", "VOYAGE", "LANGCHAIN", "LANGSMITH", "LANGFUSE", "LITELLM", "LLAMA", "XAI"}
    | {"ELEVENLABS", "DEEPGRAM", "ASSEMBLYAI", "STRIPE", "TWILIO", "SENDGRID", "MAILGUN"}
    | {"DATADOG", "DD", "NEWRELIC", "GITHUB", "GH", "GITLAB", "NPM", "SUPABASE", "COSMOS"}
    | {"RUNPOD", "MODAL", "SLACK", "TELEGRAM", "DISCORD", "UNSTRUCTURED", "FIRECRAWL", "EXA"}
    | {"FASTLY", "MAILCHIMP", "NOVITA", "SILICONFLOW", "CEREBRAS", "SAMBANOVA", "LAMBDALABS"}
)
"""Who gives out keys and tokens, as names of variables call them."""

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
    from imagelint.knowledge.engines import engines

    word = text.lower()
    return word in _DOCUMENTED or (word in engines() and not any(map(str.isdigit, word)))
