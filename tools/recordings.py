"""Record results of evaluations with the real tools, for testdata/evaluation.

Each tool runs over the same four made-up sums, of which one comes out wrong, in an environment of
its own below .cache/recordings. HELM and OpenAI evals are not recorded: the tests have files in the
form that they document.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "testdata" / "evaluation"
CACHE = ROOT / ".cache" / "recordings"
PYTHON = {
    "inspect": ("inspect-ai==0.3.285",),
    "lm-eval": ("lm-eval==0.4.13",),
    "deepeval": ("deepeval==4.3.1",),
    "ragas": ("ragas==0.4.3", "langchain-community<0.4"),
}
PROMPTFOO = "promptfoo@0.121.20"
SUMS = '[("2 + 2", "4", "4"), ("1 + 2", "3", "3"), ("5 - 1", "5", "4"), ("3 * 2", "6", "6")]'

INSPECT = f"""
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes, match
from inspect_ai.solver import solver

@solver
def said():
    async def solve(state, generate):
        state.output.completion = state.metadata["said"]
        return state
    return solve

@task
def tiny_sums():
    samples = [
        Sample(id=f"sum-{{i}}", input=q, target=right,
               metadata={{"said": said, "passage": f"p{{i // 2}}"}})
        for i, (q, said, right) in enumerate({SUMS})
    ]
    return Task(dataset=samples, solver=said(), scorer=[match(), includes()], epochs=2)
"""

LM_EVAL_TASK = """
task: tiny_sums
dataset_path: json
dataset_kwargs:
  data_files:
    test: sums.jsonl
test_split: test
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
metric_list:
  - metric: acc
  - metric: acc_norm
metadata:
  version: 1.0
"""
LM_EVAL_SUMS = """{"q": "2 + 2 =", "choices": ["3", "4"], "answer": 1}
{"q": "1 + 2 =", "choices": ["3", "4"], "answer": 0}
{"q": "5 - 1 =", "choices": ["4", "6"], "answer": 0}
{"q": "3 * 2 =", "choices": ["5", "6"], "answer": 1}
"""

DEEPEVAL = f"""
from deepeval import evaluate
from deepeval.evaluate.configs import AsyncConfig, DisplayConfig
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

class Exact(BaseMetric):
    threshold, async_mode, strict_mode, include_reason = 0.5, False, False, False
    evaluation_model = error = evaluation_cost = verbose_logs = None
    def measure(self, case, *_args, **_named):
        self.score = float(case.actual_output == case.expected_output)
        self.success, self.reason = self.score >= self.threshold, "compared"
        return self.score
    async def a_measure(self, case, *_args, **_named):
        return self.measure(case)
    def is_successful(self):
        return self.success
    @property
    def __name__(self):
        return "Exact Answer"

evaluate(
    [LLMTestCase(input=q, actual_output=said, expected_output=right, name=f"sum-{{i}}")
     for i, (q, said, right) in enumerate({SUMS})],
    [Exact()],
    display_config=DisplayConfig(print_results=False, show_indicator=False),
    async_config=AsyncConfig(run_async=False),
    hyperparameters={{"model": "tiny", "quantization": "none"}},
)
"""

RAGAS = f"""
from ragas import EvaluationDataset, evaluate
from ragas.metrics import ExactMatch

rows = [{{"user_input": q, "response": said, "reference": right}} for q, said, right in {SUMS}]
found = evaluate(EvaluationDataset.from_list(rows), metrics=[ExactMatch()], show_progress=False)
table = found.to_pandas()
table.to_csv("ragas.csv", index=False)
table.to_json("ragas.jsonl", orient="records", lines=True)
"""

PROMPTFOO_CONFIG = """
description: tiny sums
prompts: ["{{said}}"]
providers: [echo]
tests:
""" + "".join(
    f"""  - vars: {{id: sum-{number}, said: "{said}"}}
    assert: [{{type: equals, value: "{right}", metric: exact}}]
"""
    for number, (said, right) in enumerate((("4", "4"), ("3", "3"), ("5", "4"), ("6", "6")))
)

QUIET = {
    "HF_HUB_OFFLINE": "1",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
    "DEEPEVAL_RESULTS_FOLDER": "out",
    "RAGAS_DO_NOT_TRACK": "true",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_CONFIG_DIR": ".",
}


def run(folder: Path, *words: str | Path) -> None:
    print(" ".join(map(str, words)))
    subprocess.run(words, check=True, cwd=folder, env={**os.environ, **QUIET})


def environment(name: str) -> Path:
    """The programs of a tool, installed where they are not yet."""
    folder = CACHE / name
    if not (folder / "bin").exists():
        run(ROOT, sys.executable, "-m", "venv", folder)
        run(ROOT, folder / "bin" / "python", "-m", "pip", "install", "-q", *PYTHON[name])
    return folder / "bin"


def workshop(name: str, **files: str) -> Path:
    folder = CACHE / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def keep(folder: Path, glob: str, name: str) -> None:
    (found,) = folder.glob(glob)
    shutil.copy(found, TARGET / name)


def inspect() -> None:
    folder = workshop("inspect", tiny__py=INSPECT)
    for form in ("eval", "json"):
        words = ("--model", "mockllm/model", "--log-format", form, "--log-dir", form)
        run(
            folder,
            environment("inspect") / "inspect",
            "eval",
            "tiny.py",
            *words,
            "--display",
            "none",
        )
        keep(folder, f"{form}/*.{form}", f"inspect.{form}")


def lm_eval() -> None:
    folder = workshop("lm-eval", tiny__yaml=LM_EVAL_TASK, sums__jsonl=LM_EVAL_SUMS)
    run(
        folder,
        environment("lm-eval") / "lm_eval",
        "run",
        "--model",
        "dummy",
        "--tasks",
        "tiny_sums",
        "--include_path",
        ".",
        "--output_path",
        "out",
        "--log_samples",
        "--seed",
        "1",
    )
    keep(folder, "out/*/results_*.json", "lm_eval.json")
    keep(folder, "out/*/samples_*.jsonl", "samples_tiny_sums_2026-11-26T09-00-00.000000.jsonl")


def deepeval() -> None:
    folder = workshop("deepeval", run__py=DEEPEVAL)
    run(folder, environment("deepeval") / "python", "run.py")
    keep(folder, "out/test_run_*.json", "deepeval.json")


def ragas() -> None:
    folder = workshop("ragas", run__py=RAGAS)
    run(folder, environment("ragas") / "python", "run.py")
    for name in ("ragas.csv", "ragas.jsonl"):
        keep(folder, name, name)


def promptfoo() -> None:
    installed = CACHE / "promptfoo"
    installed.mkdir(parents=True, exist_ok=True)
    if not (installed / "node_modules").exists():
        run(installed, "npm", "install", "--silent", "--ignore-scripts", PROMPTFOO)
    folder = workshop("promptfoo", promptfooconfig__yaml=PROMPTFOO_CONFIG)
    program = installed / "node_modules" / ".bin" / "promptfoo"
    # It ends with 100 where an assertion fails, as one does.
    words = (program, "eval", "--no-cache", "-o", "results.json", "--no-progress-bar")
    subprocess.run(words, check=False, cwd=folder, env={**os.environ, **QUIET})
    keep(folder, "results.json", "promptfoo.json")


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for record in (inspect, lm_eval, deepeval, ragas, promptfoo):
        record()
