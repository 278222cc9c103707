"""The page about the guide to serving: each of its statements, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# The guide, statement by statement

Generated. The purpose of imagelint is a guide to serving large models from containers. Here is what
it asks for, in our words, with the rules and commands that answer. Where it is wrong, or leaves
open what matters, the rule does what is right, and the remark says why.
"""


class Statement(NamedTuple):
    """What the guide says, the rules and commands that answer, and where they depart from it.

    A command begins with `imagelint`.
    """

    text: str
    answers: tuple[str, ...]
    remark: str = ""


STAGES: dict[str, tuple[Statement, ...]] = {
    "Stage 1: the environment": (
        Statement(
            "The driver of the hosts supports the image's CUDA release.",
            ("cuda-driver-floor", "require-check-disabled"),
            "Each major release has a floor; the release that matches exactly is another one.",
        ),
        Statement(
            "The container toolkit is installed and configured.",
            (
                *("imagelint host", "toolkit-cve-floor"),
                *("engine-without-gpu", "hardcoded-visible-devices"),
            ),
            "In files only its traces are seen; `imagelint host` looks at the host itself.",
        ),
        Statement(
            "The GPUs are large enough for the model.",
            ("vram-weights-dont-fit", "gpu-unknown-to-cuda"),
            "70B parameters in 16 bits are 140 GB of weights alone, not 80: weights are computed "
            "from the model, its format and its parallelism, never looked up by size.",
        ),
        Statement(
            "There is memory and fast disk for loading.",
            ("imagelint host", "shm-over-limit", "shm-unbounded"),
            "64 GB is no rule: what counts is the limit of the container, /dev/shm included.",
        ),
    ),
    "Stage 2: the image": (
        Statement(
            "The base image is chosen deliberately.",
            ("maintenance-mode-engine", "end-of-life-base", "untrusted-registry"),
            "The guide names Text Generation Inference for long prompts: it is in maintenance mode "
            "since and points to others.",
        ),
        Statement(
            "Every version is pinned, tags never float.",
            ("unpinned-image", "floating-engine-tag", "imagelint pin"),
            "A version's tag can be moved as well: `strict` asks for digests.",
        ),
        Statement(
            "A multi-stage build leaves build tools and secrets behind.",
            ("single-stage-build", "devel-final-stage", "build-tools-in-final-stage"),
            "60 to 90 % is the saving of builds from source. Engines that compile kernels while "
            "they run need a compiler: there the finding is information.",
        ),
        Statement(
            "Python dependencies have exact versions, and pip keeps no cache.",
            (
                *("unpinned-pip-install", "unpinned-requirement", "unpinned-gpu-stack"),
                *("pip-cache-kept", "index-confusion"),
            ),
            "Beside a cache mount, `--no-cache-dir` would be the mistake.",
        ),
        Statement(
            "An ignore file keeps the context small.",
            ("weak-ignore-file", "whole-context-copied"),
        ),
        Statement(
            "Clean up in the layer that installs.",
            ("apt-lists-kept", "package-cache-kept", "weights-layer-copied-twice"),
        ),
        Statement("A user of its own, never root.", ("root-user", "user-without-home")),
    ),
    "Stage 3: GPUs and memory": (
        Statement(
            "Shared memory is set: 64 MB starve NCCL.",
            ("shm-missing", "shm-small", "shm-on-disk", "shm-wrong-mount", "host-ipc"),
        ),
        Statement(
            "The share of GPU memory is 0.85 to 0.90.",
            ("gpu-memory-fraction",),
            "The pool is allocated before requests come: a burst preempts, it does not run out of "
            "memory. Only shares above 0.95 are found, and what it is a share of differs.",
        ),
        Statement(
            "Tensor parallelism is the number of GPUs of the pod.",
            ("tp-vs-gpus", "tp-on-slices", "gpu-request-shape"),
            "Pipeline and data parallelism and groups of pods count as well.",
        ),
        Statement(
            "A volume keeps the weights between restarts, or the image holds them.",
            ("cache-volume-missing", "user-without-home", "model-revision-unpinned"),
            "The folder depends on the user and on variables: a volume beside it holds nothing.",
        ),
    ),
    "Stage 4: health and start": (
        Statement(
            "Health checks wait until the model is loaded.",
            ("startup-unprotected", "startup-budget", "healthcheck-start-period"),
            "The guide's 120 to 300 seconds are shorter than its own 5 to 20 minutes of loading: "
            "the budget is computed from the size of the model.",
        ),
        Statement(
            "Liveness does not depend on an inference.",
            ("liveness-generates", "identical-probes", "probe-timeout-short"),
        ),
        Statement(
            "Readiness depends on an inference.",
            ("readiness-generates", "no-readiness", "early-readiness"),
            "Under load such a probe waits behind users, times out and takes all replicas out at "
            "once: we ask for the engine's own endpoint instead.",
        ),
        Statement(
            "The way in does not cut long answers.",
            ("route-timeout-short",),
            "Every controller has a field and a meaning of its own.",
        ),
    ),
    "Stage 5: metrics": (
        Statement(
            "Metrics of language models are exposed and scraped.",
            (
                *("not-scraped", "metrics-switched-off", "wrong-metrics-port"),
                *("wrong-metrics-path", "unknown-scrape-port"),
            ),
        ),
        Statement(
            "Time to first token, time per token, and queues have targets and alerts.",
            (
                *("removed-metric", "misspelt-metric", "metric-without-suffix"),
                *("quantile-without-le", "quantile-without-rate", "imagelint score"),
            ),
            "500 ms and 50 ms are targets, not facts: the policy names yours. A query on a name "
            "that is gone is no error, it is silent.",
        ),
        Statement(
            "The KV cache stays below 85 %, and an alert comes at 95 %.",
            ("ratio-compared-to-percent", "removed-metric"),
            "The metric is a ratio from 0 to 1 whatever its name says: `> 95` never fires. At 100 "
            "% requests are preempted, memory does not run out.",
        ),
        Statement(
            "All signals become one scorecard.",
            ("imagelint score", "breached-signal"),
            "The lowest signal counts, never an average; what cannot be told is no pass.",
        ),
    ),
    "Stage 6: in production": (
        Statement(
            "Scale on waiting requests, not on CPU.",
            ("cpu-hpa-on-gpu", "gpu-load-as-signal", "metric-of-other-engine"),
        ),
        Statement("Keep one replica at least.", ("scale-to-zero",)),
        Statement(
            "A cooldown of 300 seconds prevents thrashing.",
            ("cooldown-without-effect", "hasty-scale-down"),
            "KEDA's cooldown acts on the step to zero only.",
        ),
        Statement(
            "A queue of 100 triggers scaling.",
            ("queue-threshold-far-off",),
            "Practice is 3 to 20 per replica.",
        ),
        Statement(
            "GPUs are scheduled by the vendor's plugin, in parts where that helps.",
            ("unknown-resource", "gpu-selector-conflict", "unknown-accelerator-label"),
        ),
        Statement(
            "Roll out step by step, gated by an evaluation.",
            ("canary-without-analysis", "rollout-needs-spare-gpu", "imagelint gate"),
        ),
    ),
    "Stage 7: security": (
        Statement(
            "No process runs as root.",
            ("root-user", "run-as-root", "non-root-not-required"),
        ),
        Statement(
            "Secrets stay out of images, files and arguments.",
            (
                *("secret-in-build", "secret-mount-kept", "literal-secret-env"),
                *("secret-in-args", "secret-in-config", "secret-value"),
            ),
        ),
        Statement(
            "The root filesystem is read-only.",
            ("writable-root",),
            "The hooks that inject GPUs write into it on some nodes: `strict` asks for it, medium.",
        ),
        Statement(
            "All capabilities are dropped.",
            ("capabilities-kept", "added-capability", "privilege-escalation"),
        ),
        Statement(
            "Images are scanned, and critical holes block.",
            (
                *("imagelint scan", "vulnerable-package", "engine-cve-floor"),
                *("scan-never-fails", "pushed-before-scan"),
                *("torch-cve-floor", "toolkit-cve-floor"),
            ),
        ),
        Statement(
            "Images are signed and pinned by digest.",
            ("imagelint verify", "unsigned-image", "wrong-signer", "signed-tag", "imagelint pin"),
        ),
        Statement(
            "What the guide leaves out: who reaches the server, and what it does for them.",
            (
                *("api-exposed-without-auth", "partial-auth-reliance", "dashboard-exposed"),
                *("dev-endpoints", "runtime-lora", "media-ssrf", "cors-wildcard"),
                *("prompts-in-logs", "bind-localhost"),
            ),
        ),
        Statement(
            "What the guide leaves out: code and names that come with models.",
            (
                *("trust-remote-code", "model-revision-unpinned", "pickle-weights"),
                *("renamed-model", "gated-model-without-token", "insecure-hub-endpoint"),
                *("ld-preload", "python-optimize"),
            ),
        ),
    ),
    "Stage 8: evaluation": (
        Statement(
            "A versioned set of prompts lies beside the Dockerfile.",
            ("unpinned-dataset", "stale-evaluation", "deployed-without-evaluation"),
        ),
        Statement(
            "Each dimension is scored by itself, none hides behind an average.",
            ("composite-only-evaluation", "too-few-evaluation-cases"),
            "What too few cases cannot tell is no pass.",
        ),
        Statement("Judges are calibrated against people.", ("uncalibrated-judge",)),
        Statement(
            "A tag is promoted only if every dimension holds.",
            (
                *("imagelint evaluate", "imagelint gate", "evaluation-below-threshold"),
                *("evaluation-regression", "failed-evaluation-run", "unevaluated-image"),
            ),
            "The question is whether it is worse than the previous tag by more than is tolerated.",
        ),
    ),
}


def guide_page() -> str:
    """The page as markdown."""
    return HEAD + "".join(line for title, said in STAGES.items() for line in _stage(title, said))


def _stage(title: str, statements: tuple[Statement, ...]) -> Iterator[str]:
    yield f"\n## {title}\n\n| the guide | answered by | and |\n|---|---|---|\n"
    for statement in statements:
        answers = ", ".join(map(_linked, statement.answers))
        yield f"| {statement.text} | {answers} | {statement.remark} |\n"


def _linked(answer: str) -> str:
    return f"`{answer}`" if " " in answer else f"[{answer}](rules/{answer}.md)"
