"""Files of settings that engines read: how their keys are called, and what counts more.

vLLM: https://docs.vllm.ai/en/latest/configuration/serve_args.html (the line counts more), SGLang:
https://docs.sglang.io/advanced_features/server_arguments.html (the line counts more), TensorRT-LLM:
https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/trtllm-serve.html (the file counts more;
its keys are those of `LlmArgs`), Ray Serve:
https://docs.ray.io/en/latest/serve/production-guide/config.html (`serve run FILE`), llama.cpp:
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md (model presets), read in
November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigFile(NamedTuple):
    """A file of settings: YAML, a mapping of keys to values.

    `keys` gives the flag that a key stands for, keys within keys joined by dots; others are no
    flags. Where there are none, each key is the long name of a flag, and handed to the parser of
    arguments, which refuses what it has not (vllm-project/vllm:vllm/utils/argparse_utils.py,
    `load_config_file`; sgl-project/sglang:python/sglang/srt/server_args_config_parser.py).
    `overrides` tells that the file counts more than the line. With `applications` it is no file of
    settings, but one of applications that the program runs, which may start engines of their own.
    `presets` are files of sections, one for each model of a server that has several.
    """

    keys: Mapping[str, str] = {}
    overrides: bool = False
    applications: bool = False
    presets: bool = False


_FILES: Mapping[str, ConfigFile] = {
    "llama.cpp": ConfigFile(presets=True),
    "ray": ConfigFile(applications=True),
    "vllm": ConfigFile(),
    "sglang": ConfigFile(),
    "tensorrt-llm": ConfigFile(
        keys={
            "tensor_parallel_size": "tp-size",
            "pipeline_parallel_size": "pp-size",
            "moe_expert_parallel_size": "ep-size",
            "max_batch_size": "max-batch-size",
            "max_num_tokens": "max-num-tokens",
            "max_seq_len": "max-seq-len",
            "trust_remote_code": "trust-remote-code",
            "kv_cache_config.free_gpu_memory_fraction": "kv-cache-free-gpu-memory-fraction",
        },
        overrides=True,
    ),
}


def config_file(engine: str) -> ConfigFile | None:
    """The file of settings of an engine, by its name; None where none is known."""
    return _FILES.get(engine)
