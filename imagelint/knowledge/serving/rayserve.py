"""What Ray Serve's applications start.

https://docs.ray.io/en/latest/serve/api/doc/ray.serve.llm.LLMConfig.html, read on 2026-11-26.
"""

from __future__ import annotations

ENGINE = "vllm"
"""Where `llm_engine` names nothing else: it knows no other."""
