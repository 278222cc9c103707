"""Time a hundred rules of one's own beside all of ours, over a thousand manifests.

    python benchmarks/custom_rules.py [--manifests 1000] [--rules 100]

The manifests are generated; the rules are those of `docs/examples/custom-rules.yaml`, under new
names until there are as many. Each run is in one process and without a cache.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from imagelint.core.source import Source
from imagelint.documents.kinds import KINDS
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.load import default_policy, load_policy
from imagelint.policy.model import Policy, RuleSetting
from imagelint.rules import catalog

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples" / "custom-rules.yaml"
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: llm-{number}, namespace: team-{team}, labels: {{team: t{team}}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: llm-{number}}}}}
  template:
    metadata: {{labels: {{app: llm-{number}}}}}
    spec:
      containers:
        - name: server
          image: registry.example.com/llm/vllm:v0.{number}.0
          args: [--model, org/model-{number}, --tensor-parallel-size, "{gpus}"]
          env: [{{name: HF_HOME, value: /models}}, {{name: MODE, value: fast}}]
          ports: [{{containerPort: 8000}}]
          resources:
            requests: {{cpu: "4", memory: 32Gi}}
            limits: {{nvidia.com/gpu: {gpus}, memory: 64Gi}}
        - name: proxy
          image: registry.example.com/base/envoy:v1.3.{number}
          ports: [{{containerPort: 9000}}]
---
apiVersion: v1
kind: Service
metadata: {{name: llm-{number}, namespace: team-{team}}}
spec:
  selector: {{app: llm-{number}}}
  ports: [{{port: 80, targetPort: 8000}}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manifests", type=int, default=1000)
    parser.add_argument("--rules", type=int, default=100)
    given = parser.parse_args()
    texts = [
        MANIFEST.format(number=n, team=n % 7, replicas=n % 5 + 1, gpus=2 ** (n % 4))
        for n in range(given.manifests)
    ]
    policies = {
        "no rule": Policy(),
        "all of ours": Policy(rules={name: RuleSetting("on") for name in catalog.names()}),
        "the default packs": default_policy(),
        f"{given.rules} of one's own": many(given.rules),
    }
    base = 0.0
    print(f"{given.manifests} manifests of two objects each, one process:")
    for title, policy in policies.items():
        seconds, findings = timed(policy, texts)
        base = base or seconds
        judging = seconds - base
        print(f"  {title:20} {seconds:6.2f} s, judging {judging:5.2f} s, {findings:,} findings")


def many(number: int) -> Policy:
    """A policy with as many rules as that."""
    text = EXAMPLES.read_text(encoding="utf-8")
    known = list(load_policy(Source("examples.yaml", text), _nothing).custom.values())
    rules = {
        f"copy{n}.{n}": known[n % len(known)]._replace(name=f"copy{n}.{n}", samples=())
        for n in range(number)
    }
    return Policy(rules=dict.fromkeys(rules, RuleSetting("on")), custom=rules)


def timed(policy: Policy, texts: list[str]) -> tuple[float, int]:
    """The seconds of the processor in which texts are read and judged, and what was found."""
    examine = Examination(policy)
    examine(KINDS["kubernetes"].parse(Source("warm.yaml", texts[0])), Project())
    found = 0
    start = time.process_time()
    for number, text in enumerate(texts):
        document = KINDS["kubernetes"].parse(Source(f"{number}.yaml", text))
        found += len(examine(document, Project()).findings)
    return time.process_time() - start, found


def _nothing(name: str) -> Source:
    raise ValueError(f"{name} is not read")


if __name__ == "__main__":
    main()
