"""Who gives out keys and tokens."""

from __future__ import annotations

__all__ = ["VENDORS"]

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
)
"""Who gives out keys and tokens, as names of variables call them."""
