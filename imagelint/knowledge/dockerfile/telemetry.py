"""Packages that report their use to their makers unless a variable tells them not to.

Sources, read in November 2026: docs.vllm.ai/en/latest/usage/usage_stats.html,
huggingface.co/docs/huggingface_hub/package_reference/environment_variables,
gradio.app/guides/environment-variables, docs.ray.io/en/latest/cluster/usage-stats.html,
docs.streamlit.io/develop/api-reference/configuration/config.toml,
docs.trychroma.com/docs/overview/telemetry, docs.litellm.ai/docs/observability/telemetry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Telemetry(NamedTuple):
    """Who reports, the setting that is best to write, and other variables that end it."""

    title: str
    setting: str
    others: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables that end it, or say that somebody has thought of it."""
        return (self.setting.partition("=")[0], *self.others)


_HUB = Telemetry("Hugging Face", "HF_HUB_DISABLE_TELEMETRY=1", ("DO_NOT_TRACK", "HF_HUB_OFFLINE"))
_RAY = Telemetry("Ray", "RAY_USAGE_STATS_ENABLED=0")
TELEMETRY: Mapping[str, Telemetry] = {
    "chromadb": Telemetry("Chroma", "ANONYMIZED_TELEMETRY=False"),
    "datasets": _HUB,
    "diffusers": _HUB,
    "gradio": Telemetry("Gradio", "GRADIO_ANALYTICS_ENABLED=False"),
    "huggingface-hub": _HUB,
    "litellm": Telemetry("LiteLLM", "LITELLM_TELEMETRY=False"),
    "ray": _RAY,
    "streamlit": Telemetry("Streamlit", "STREAMLIT_BROWSER_GATHER_USAGE_STATS=false"),
    "transformers": _HUB,
    "vllm": Telemetry("vLLM", "VLLM_NO_USAGE_STATS=1", ("DO_NOT_TRACK", "VLLM_DO_NOT_TRACK")),
}
"""By the name of a package, or of an engine."""
OF_PROGRAMS: Mapping[str, Telemetry] = {"hf": _HUB, "huggingface-cli": _HUB}
