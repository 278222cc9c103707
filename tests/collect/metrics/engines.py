"""Pages of servers that are under way: counters that grow, and one that starts anew."""

from __future__ import annotations

import random
from itertools import accumulate

TTFT = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
TPOT = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.5)


class Replica:
    """A vLLM replica whose page says a little more each time that it is asked."""

    def __init__(self, seed: int, *, restarts_at: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same requests every time
        self._restarts_at = restarts_at
        self._asked = 0
        self._forget()

    def _forget(self) -> None:
        self._first = [0] * (len(TTFT) + 1)
        self._token = [0] * (len(TPOT) + 1)
        self._ended = {"stop": 0, "length": 0, "error": 0, "abort": 0}
        self._preempted = 0

    def page(self) -> str:
        """The next page."""
        self._asked += 1
        if self._asked == self._restarts_at:
            self._forget()
        draw = self._random
        for _ in range(draw.randint(5, 25)):
            self._first[self._bucket(TTFT, draw.lognormvariate(-1.0, 0.7))] += 1
            self._token[self._bucket(TPOT, draw.lognormvariate(-3.2, 0.5))] += 1
            self._ended[draw.choice(("stop", "stop", "stop", "length"))] += 1
        self._ended["error"] += draw.random() < 0.4
        self._preempted += draw.random() < 0.5
        return "".join(f"{line}\n" for line in self._lines())

    @staticmethod
    def _bucket(bounds: tuple[float, ...], value: float) -> int:
        return sum(value > bound for bound in bounds)

    def _lines(self) -> list[str]:
        lines = ["# TYPE vllm:num_requests_waiting gauge"]
        lines += [f'vllm:num_requests_waiting{{model_name="m"}} {self._random.randint(0, 12)}']
        lines += [f'vllm:kv_cache_usage_perc{{model_name="m"}} {self._random.random():.4f}']
        for name, bounds, counts in (
            ("time_to_first_token_seconds", TTFT, self._first),
            ("request_time_per_output_token_seconds", TPOT, self._token),
        ):
            lines.append(f"# TYPE vllm:{name} histogram")
            for bound, count in zip((*bounds, "+Inf"), accumulate(counts), strict=True):
                lines.append(f'vllm:{name}_bucket{{le="{bound}",model_name="m"}} {count}')
            lines.append(f'vllm:{name}_count{{model_name="m"}} {sum(counts)}')
        lines.append("# TYPE vllm:request_success_total counter")
        for reason, count in self._ended.items():
            label = f'{{finished_reason="{reason}",model_name="m"}}'
            lines.append(f"vllm:request_success_total{label} {count}")
        lines += [f'vllm:num_preemptions_total{{model_name="m"}} {self._preempted}']
        return lines
