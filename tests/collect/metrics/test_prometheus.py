"""Against the real Prometheus, which scrapes stand-ins for three servers."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.collect.deadline import NEVER
from imagelint.collect.metrics.endpoint import Endpoint
from imagelint.collect.metrics.prometheus import PrometheusServer, Window
from imagelint.documents.metrics.api import read_answer
from imagelint.documents.metrics.exposition import gathered
from imagelint.documents.metrics.measure import Present, engines_in, measure, wanted_names
from imagelint.documents.metrics.question import Question, Reading, promql
from imagelint.documents.metrics.samples import (
    answer,
    histogram_quantile,
)
from tests.collect.conftest import need
from tests.collect.metrics.engines import Replica
from tools.lab.registry import free_port
from tools.lab.serving import Pages, Prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.metrics.question import Rows
    from imagelint.documents.metrics.samples import Samples

SECONDS = 2.0
SCRAPES = 26
QUESTIONS = (
    Question(Reading.BUCKETS, "vllm:time_to_first_token_seconds_bucket"),
    Question(Reading.BUCKETS, "vllm:request_time_per_output_token_seconds_bucket"),
    Question(Reading.WORST, "vllm:kv_cache_usage_perc"),
    Question(Reading.WORST, "vllm:num_requests_waiting", (("model_name", "m"),)),
    Question(Reading.INCREASE, "vllm:num_preemptions_total"),
    Question(Reading.INCREASE, "vllm:request_success_total"),
    Question(Reading.INCREASE, "vllm:request_success_total", where=(("finished_reason", "er+or"),)),
    Question(
        Reading.INCREASE, "vllm:request_success_total", unless=(("finished_reason", "stop|error"),)
    ),
)


class Scraped(NamedTuple):
    """A server that has scraped for a while, until `end`, and what it holds of the last seconds."""

    server: Prometheus
    end: float
    samples: Samples

    def rows(self, question: Question) -> Rows:
        """What the server answers."""
        found = self.server.query(promql(question, SECONDS), self.end)["data"]["result"]
        pairs = ((float(row["metric"].get("le", "inf")), float(row["value"][1])) for row in found)
        return tuple(sorted(pairs))

    def asked(self) -> PrometheusServer:
        """The server as our collector asks it."""
        place = Endpoint(self.server.url, self.server.url)
        return PrometheusServer(place, Window(self.end, SECONDS), NEVER)


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    need("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    replicas = (Replica(1), Replica(2, restarts_at=15), Replica(3))
    with (
        Pages({"/metrics": replicas[0].page}) as first,
        Pages({"/metrics": replicas[1].page}) as second,
        Pages({"/metrics": replicas[2].page}) as third,
        Prometheus(folder, free_port(), (first.host, second.host, third.host), "100ms") as server,
    ):
        while len(first.asked) < SCRAPES:
            time.sleep(0.05)
        end = round(time.time() - 0.2, 3)  # what the API takes
        raw = server.query(f'{{__name__=~"vllm:.+"}}[{SECONDS * 1000:.0f}ms]', end)
        yield Scraped(server, end, gathered(read_answer(json.dumps(raw)).samples))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_samples_answer_as_the_server_does(scraped: Scraped, question: Question) -> None:
    ours = answer(question, scraped.samples, scraped.end, SECONDS)
    theirs = scraped.rows(question)
    assert theirs
    assert [bound for bound, _ in ours] == [bound for bound, _ in theirs]
    assert [value for _, value in ours] == pytest.approx(
        [value * (SECONDS if question.reading is Reading.BUCKETS else 1.0) for _, value in theirs]
    )


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_quantiles_are_those_of_the_server(scraped: Scraped, share: float) -> None:
    for question in QUESTIONS[:2]:
        expression = f"histogram_quantile({share}, {promql(question, SECONDS)})"
        (row,) = scraped.server.query(expression, scraped.end)["data"]["result"]
        ours = histogram_quantile(share, scraped.asked().total(question))
        assert ours is not None
        assert ours.value == pytest.approx(float(row["value"][1]))


def test_every_signal_is_measured_over_the_window(scraped: Scraped) -> None:
    source = scraped.asked()
    names, models = source.present(wanted_names(), Question(Reading.WORST, ""))
    assert models == {"m"}
    assert {"vllm:kv_cache_usage_perc", "vllm:num_preemptions_total"} <= names
    for signal in ("ttft-p99", "tpot-p99", "kv-cache-use", "queue-depth", "error-rate"):
        found = measure("vllm", signal, names, (), source)
        assert found.value is not None
        assert math.isfinite(found.value)
        assert found.points
    assert source.problem is None


def test_labels_choose_series(scraped: Scraped) -> None:
    source = scraped.asked()
    labels = (("job", "nobody"),)
    assert source.present(wanted_names(), Question(Reading.WORST, "", labels)) == Present()
    found = source.present(wanted_names(), Question(Reading.WORST, "", (("job", "engine"),)))
    assert "vllm:request_success_total" in found.names


def test_what_the_server_refuses_is_told(scraped: Scraped) -> None:
    source = scraped.asked()
    assert source.total(Question(Reading.WORST, "not a name")) == ()
    assert source.problem is not None
    assert "bad_data" in source.problem.detail or "parse error" in source.problem.detail
    assert source.total(QUESTIONS[0]) == ()


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """A server that keeps the histograms of two replicas as native ones."""
    need("prometheus")
    folder = tmp_path_factory.mktemp("native")
    replicas = (Replica(4), Replica(5))
    with (
        Pages({"/metrics": replicas[0].page}) as first,
        Pages({"/metrics": replicas[1].page}) as second,
        Prometheus(folder, free_port(), (first.host, second.host), "100ms", native=True) as server,
    ):
        while len(first.asked) < SCRAPES:
            time.sleep(0.05)
        yield Scraped(server, round(time.time() - 0.2, 3), gathered(()))


def test_native_histograms_are_read(native: Scraped) -> None:
    asked = native.asked()
    like = Question(Reading.WORST, "")
    names = asked.present(wanted_names(), like).names
    assert asked.latest(wanted_names(), like).names == names
    assert not any(name.endswith("_bucket") for name in names)
    assert engines_in(names) == ("vllm",)
    for signal, metric in (
        ("ttft-p99", "vllm:time_to_first_token_seconds"),
        ("tpot-p99", "vllm:request_time_per_output_token_seconds"),
    ):
        told = measure("vllm", signal, names, (), asked)
        expression = f"histogram_quantile(0.99, sum(rate({metric}[2000ms])))"
        (row,) = native.server.query(expression, native.end)["data"]["result"]
        assert told.value == pytest.approx(float(row["value"][1]))
        assert told.metric == metric
        assert told.value is not None
        assert told.least is not None
        assert told.most is not None
        assert told.least <= told.value <= told.most
        assert told.points
