"""The variables that a script takes and certainly nobody sets: their defaults count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.core.pattern import pattern
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import recognise_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.fact import Fact
    from imagelint.documents.shared import EnvVar, ImageUse

_TAKEN = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
# What arithmetic sets, and what sets variables by names that it is told: `((TP=2))`, `declare -n`.
_COMPUTED = pattern(
    r"([A-Za-z_][A-Za-z0-9_]*)[ \t]{0,9}(?:[-+*/%&|^]|<<|>>)?=(?!=)|(\w+)(?:\+\+|--)"
)
_BY_NAME = pattern(r"(?:declare|typeset|local)[ \t]+-\w{0,9}n|printf[ \t]+-v[ \t]*[\"']?\$")
# What images, shells, operators, webhooks and Kubernetes (`LLM_PORT`, `LLM_SERVICE_HOST`) set
# without being asked.
_OF_OTHERS = pattern(
    r"(?:CUDA|NVIDIA|NV|NCCL|HF|UV|PIP|PYTHON|CONDA|TORCH|TRITON|ROCM|HIP|OMPI|UCX|VLLM|SGLANG"
    r"|SGL|NIM|TGI|LLAMA|OLLAMA|TRTLLM|TENSORRT|KUBERNETES|BUILD|LC|XDG|PYTORCH|OMP|MKL|OPENBLAS"
    r"|TOKENIZERS|SAFETENSORS|HSA|RAY|LWS|PET|JOB|TPU|LD|AWS|AZURE|GOOGLE|OTEL|DD)_\w*"
    r"|LANGUAGE|RANK|LOCAL_RANK|NODE_RANK|WORLD_SIZE|NNODES|\w+_PROXY|OPTARG|OPTIND|REPLY|SHLVL"
    r"|PIPESTATUS|OSTYPE|HOSTTYPE|MACHTYPE|COLUMNS|LINES|EPOCHSECONDS|EPOCHREALTIME|SRANDOM"
    r"|PATH|HOME|HOSTNAME|HOST|PORT|USER|UID|EUID|SHELL|PWD|OLDPWD|LANG|TERM|RANDOM|SECONDS|LINENO"
    r"|PPID|IFS|BASH\w*|DEBIAN_FRONTEND"
    r"|\w*(?:_PORT|_HOST|_ADDR|_PROTO|_HOME|_PATH|_DIR|_ROOT|_VERSION)(?:_\w*)?"
)


def unset_variables(
    text: str, image: ImageUse | None, env: Iterable[EnvVar], *, complete: bool
) -> Mapping[str, Fact[str]]:
    """The variables of a text of a shell that are not set, each as absent.

    Nothing where more may be set (not `complete`), or where the image may: only those that
    projects publish themselves are known to set none but such as belong to their parts.
    """
    known = image.known if image is not None and complete else None
    found = recognise_image(known) if known is not None else None
    if found is None or not found.upstream or _BY_NAME.search(text):
        return {}
    set_ = {variable.name for variable in env} | engine(found.engine).environment.keys()
    if "((" in text:
        set_.update(name for match in _COMPUTED.finditer(text) for name in match.groups() if name)
    names = dict.fromkeys(match[1] for match in _TAKEN.finditer(text))
    return {
        name: ABSENT
        for name in names
        if name not in set_ and name.isupper() and not _OF_OTHERS.fullmatch(name)
    }
