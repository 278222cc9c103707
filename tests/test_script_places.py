"""What is wrong in a script stands at its word, however the script is written."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from imagelint.policy.model import Policy, RuleSetting
from imagelint.run.trials.texts import examine_texts

if TYPE_CHECKING:
    from imagelint.core.finding import Finding

MODEL, TRUST = "meta-llama/Llama-3.3-70B-Instruct", "--trust-remote-code"
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: llm}}
spec:
  containers:
  - name: llm
    image: vllm/vllm-openai:v0.30.0
    env: [{{name: MODEL, value: {model}}}]
    resources: {{limits: {{nvidia.com/gpu: 2}}}}
{rest}"""
SERVICE = "services:\n  llm:\n    image: vllm/vllm-openai:v0.30.0\n{rest}"
IMAGE = "FROM vllm/vllm-openai:v0.30.0\nENTRYPOINT []\n{rest}\n"

# A block of a pod or a service, and what is written of the model.
SCRIPTS = {
    "in one line": f'[sh, -c, "exec vllm serve {MODEL} {TRUST}"]',
    "in single quotes": f"[sh, -c, 'A=''x y'' vllm serve {MODEL} {TRUST}']",
    "plain, over lines": f"\n- sh\n- -c\n- vllm serve\n  {MODEL}\n  {TRUST}",
    "quoted, over lines": f'\n- sh\n- -c\n- "vllm serve\n  {MODEL}\n  {TRUST}"',
    "escaped": f'\n- sh\n- -c\n- "export A=\\"x\\" &&\\n\\tvllm serve \\\n  {MODEL} {TRUST}"',
    "literal": f"\n- bash\n- -c\n- |\n  set -e\n\n  exec vllm serve {MODEL} \\\n    {TRUST}\n",
    "folded": f"\n- sh\n- -c\n- >-\n  vllm serve\n  {MODEL}\n  {TRUST}\n",
    "folded, with a deeper line": f"\n- sh\n- -c\n- >\n  cd /\n\n  vllm serve {MODEL}\n  {TRUST}\n",
    "within another one": f"[sh, -c, \"bash -c 'vllm serve {MODEL} {TRUST}'\"]",
}
STARTS = {
    **{
        f"a pod, {how}": ("pod.yaml", POD, f"command: {said}", MODEL)
        for how, said in SCRIPTS.items()
    },
    "a pod, filled in": (
        "pod.yaml",
        POD,
        f"command: [sh, -c]\nargs:\n- >-\n  vllm serve $(MODEL)\n  {TRUST}",
        "$(MODEL)",
    ),
    **{
        f"a service, {how}": ("compose.yaml", SERVICE, f"entrypoint: {said}", MODEL)
        for how, said in SCRIPTS.items()
    },
    "a service, as one text": (
        "compose.yaml",
        SERVICE,
        f'entrypoint: []\ncommand: >\n  bash -c "vllm serve {MODEL}\n  {TRUST}"',
        MODEL,
    ),
    "a service, filled in": (
        "compose.yaml",
        SERVICE,
        f'entrypoint: []\ncommand: bash -c "vllm serve ${{MODEL:-{MODEL}}} {TRUST}"',
        f"${{MODEL:-{MODEL}}}",
    ),
    "an image": ("Dockerfile", IMAGE, f"CMD vllm serve {MODEL} \\\n  {TRUST}", MODEL),
    "an image, by a shell": ("Dockerfile", IMAGE, f'CMD sh -c "vllm serve {MODEL} {TRUST}"', MODEL),
    "an image, in JSON": (
        "Dockerfile",
        IMAGE,
        f'CMD ["sh", "-c", "exec vllm serve {MODEL} {TRUST}"]',
        MODEL,
    ),
}
# How the check of a pod is written.
CHECKS = {
    "its words": '\n- curl\n- -f\n- "http://localhost:8000/v1/completions"',
    "a script": '[sh, -c, "curl -f http://localhost:8000/v1/completions -d \'{\\"a\\": 1}\'"]',
    "folded": "\n- sh\n- -c\n- >-\n  curl -f\n  http://localhost:8000/v1/completions\n  -d '{}'\n",
}


def told(name: str, text: str, rule: str) -> Finding:
    report = examine_texts({name: text}, Policy(rules={rule: RuleSetting("on")}))
    (found,) = (finding for finding in report.findings if finding.rule == rule)
    return found


def written(finding: Finding, text: str) -> str:
    return text[slice(*finding.location.span)]


@pytest.mark.parametrize("start", STARTS)
def test_a_word_of_a_script_is_told_where_it_is_written(start: str) -> None:
    name, around, said, model = STARTS[start]
    text = around.format(rest=indent(said, "" if name == "Dockerfile" else "    "), model=MODEL)
    assert written(told(name, text, "trust-remote-code"), text) == TRUST
    assert written(told(name, text, "model-revision-unpinned"), text) == model


@pytest.mark.parametrize("check", CHECKS)
def test_what_a_check_asks_for_is_told_where_it_is_written(check: str) -> None:
    probe = indent(f"command: {CHECKS[check]}", "        ")
    rest = f"    args: [--model, {MODEL}]\n    livenessProbe:\n      exec:\n{probe}"
    text = POD.format(rest=rest, model=MODEL)
    assert written(told("pod.yaml", text, "liveness-generates"), text) == "/v1/completions"
