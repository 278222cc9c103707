"""Write the results of testdata/examples/promotion again: made up, the same every time.

Three runs over 800 questions of 200 passages, five dimensions each. Every question has a difficulty
of its own, so that the same ones are hard in every run.
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

ROOT = Path(__file__).parent.parent / "testdata" / "examples" / "promotion"
QUESTIONS = 800
RATES = {"accuracy": 0.91, "faithfulness": 0.94, "relevance": 0.9, "safety": 0.985, "format": 0.97}
# How many of 1,000 answers come out otherwise when the same model is asked again.
MOVED = 0.02


def dataset() -> str:
    rows = [
        {"id": f"q{number:03}", "passage": f"p{number // 4:03}", "question": f"Made-up {number}?"}
        for number in range(QUESTIONS)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def run(seed: int, fall: dict[str, float]) -> str:
    hard = random.Random(1)
    chance = random.Random(seed)
    head = {"format": "imagelint.dev/evaluation-results/v1", "model": {"name": "example-7b"}}
    lines = [json.dumps(head)]
    for number in range(QUESTIONS):
        scores = {}
        for name, rate in RATES.items():
            passed = hard.random() < rate
            if chance.random() < MOVED:
                passed = chance.random() < rate
            if passed and chance.random() < fall.get(name, 0.0):
                passed = False
            scores[name] = int(passed)
        lines.append(json.dumps({"id": f"q{number:03}", "scores": scores}))
    return "\n".join(lines) + "\n"


def main() -> None:
    text = dataset()
    for folder in ("previous", "candidate", "regressed"):
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
    (ROOT / "questions.jsonl").write_text(text, encoding="utf-8")
    (ROOT / "previous" / "results.jsonl").write_text(run(2, {}), encoding="utf-8")
    (ROOT / "candidate" / "results.jsonl").write_text(run(3, {}), encoding="utf-8")
    fallen = run(4, {"faithfulness": 0.08})
    (ROOT / "regressed" / "results.jsonl").write_text(fallen, encoding="utf-8")
    print(hashlib.sha256(text.encode()).hexdigest())


if __name__ == "__main__":
    main()
