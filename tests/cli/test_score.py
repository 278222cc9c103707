from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from imagelint.collect.environment import moment
from tools.lab.serving import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Program

ROOT = Path(__file__).parents[2]
GOOD = """\
vllm:num_requests_waiting{model_name="m"} 3
vllm:kv_cache_usage_perc{model_name="m"} 0.9
vllm:time_to_first_token_seconds_bucket{le="0.5",model_name="m"} 90
vllm:time_to_first_token_seconds_bucket{le="1.0",model_name="m"} 100
vllm:time_to_first_token_seconds_bucket{le="+Inf",model_name="m"} 100
vllm:inter_token_latency_seconds_bucket{le="0.05",model_name="m"} 1000
vllm:inter_token_latency_seconds_bucket{le="+Inf",model_name="m"} 1000
vllm:num_preemptions_total{model_name="m"} 2
vllm:request_success_total{finished_reason="stop",model_name="m"} 98
vllm:request_success_total{finished_reason="error",model_name="m"} 2
"""


@pytest.fixture
def page(here: Path) -> Path:
    path = here / "page.txt"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_page_is_scored(program: Program, page: Path) -> None:
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "score  signal                      value    target  breach  read from",
        (
            "0.70   time to first token, p99    950 ms   500 ms  2 s     "
            "vllm:time_to_first_token_seconds_bucket"
        ),
        "       between 500 ms and 1 s",
        (
            "1.00   time per output token, p99  49.5 ms  50 ms   200 ms  "
            "vllm:inter_token_latency_seconds_bucket"
        ),
        "       between 0 ms and 50 ms",
        "0.50   KV cache in use             90 %     85 %    95 %    vllm:kv_cache_usage_perc",
        "1.00   requests waiting            3        5       20      vllm:num_requests_waiting",
        "0.80   preemptions per request     0.02     0       0.1     vllm:num_preemptions_total",
        "0.75   failed requests             2 %      1 %     5 %     vllm:request_success_total",
        "",
        "read     page.txt, vllm, since the server was started",
        "lowest   0.50 (KV cache in use)",
        "verdict  pass",
    ]


def test_standard_input_is_a_page(program: Program) -> None:
    assert program("score", "--metrics", "-", stdin=GOOD.encode()).code == 0


def test_the_lowest_signal_fails(program: Program, page: Path) -> None:
    answer = program("score", "--metrics", "page.txt", "--fail-under", "0.6")
    assert answer.code == 1
    assert answer.out.endswith("verdict  fail\n         - KV cache in use: 0.50\n")


def test_what_is_missing_is_no_pass(program: Program, here: Path) -> None:
    lines = [line for line in GOOD.splitlines(keepends=True) if "kv_cache" not in line]
    (here / "page.txt").write_text("".join(lines), encoding="utf-8")
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 3
    assert "could not tell  KV cache in use" in answer.out
    assert "there is no vllm:kv_cache_usage_perc" in answer.out
    assert answer.out.endswith("- KV cache in use: could not tell\n")


def test_above_the_last_bucket_nothing_can_be_told(program: Program, here: Path) -> None:
    text = GOOD.replace('le="1.0",model_name="m"} 100', 'le="1.0",model_name="m"} 91')
    (here / "page.txt").write_text(text, encoding="utf-8")
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 3
    assert "it lies above the last bucket of the histogram" in answer.out
    (here / "page.txt").write_text(text.replace('le="1.0"', 'le="2.0"'), encoding="utf-8")
    assert program("score", "--metrics", "page.txt").code == 1


def test_a_policy_says_what_counts(program: Program, page: Path, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        "scorecard:\n"
        "  fail-under: 0.6\n"
        "  signals:\n"
        "    kv-cache-use: off\n"
        "    ttft-p99: {target: 5, breach: 10}\n",
        encoding="utf-8",
    )
    told = json.loads(program("score", "--metrics", "page.txt", "--format", "json").out)
    assert told["verdict"] == {"outcome": "pass", "exit_code": 0, "reasons": []}
    assert told["fail_under"] == 0.6
    scores = {signal["name"]: signal["score"] for signal in told["signals"]}
    assert "kv-cache-use" not in scores
    assert scores["ttft-p99"] == 1.0
    assert told["lowest"] == {"signal": "error-rate", "score": 0.75}
    assert program("score", "--metrics", "page.txt", "--fail-under", "0.8").code == 1


def test_two_pages_tell_what_happened_between(program: Program, page: Path, here: Path) -> None:
    later = GOOD.replace('le="0.5",model_name="m"} 90', 'le="0.5",model_name="m"} 190')
    later = later.replace('model_name="m"} 100\n', 'model_name="m"} 200\n')
    later = later.replace('"stop",model_name="m"} 98', '"stop",model_name="m"} 198')
    later = later.replace('"} 1000\n', '"} 2000\n')
    (here / "later.txt").write_text(later, encoding="utf-8")
    answer = program("score", "--metrics", "page.txt", "--metrics", "later.txt", "--format", "json")
    told = json.loads(answer.out)
    assert told["window"] == "between 2 scrapes"
    values = {signal["name"]: signal["value"] for signal in told["signals"]}
    assert values["ttft-p99"] == pytest.approx(0.495)
    assert (values["error-rate"], values["preemptions"]) == (0, 0)


def test_when_something_was_measured_is_not_when_it_was_read(program: Program, here: Path) -> None:
    """A page in a file tells no time unless its lines do: it may be of last year."""
    started = "process_start_time_seconds 1767225600\n"
    timed = "".join(f"{line} 1767229200000\n" for line in GOOD.splitlines())
    later = timed.replace(" 1767229200000", " 1767232800000")
    for text, start, end in (
        (GOOD, None, None),
        (GOOD + started, "2026-01-01T00:00:00Z", None),
        (timed, None, "2026-01-01T01:00:00Z"),
        (timed + later, "2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"),
        (timed + later + started, None, "2026-01-01T02:00:00Z"),
    ):
        (here / "page.txt").write_text(text, encoding="utf-8")
        answer = program("score", "--metrics", "page.txt", "--format", "json")
        assert json.loads(answer.out)["measured"] == {"from": start, "to": end}
    piped = program("score", "--metrics", "-", "--format", "json", stdin=GOOD.encode())
    assert json.loads(piped.out)["measured"]["to"] is None


def test_a_statement_of_a_scorecard_names_its_image(program: Program, page: Path) -> None:
    scored = ("score", "--metrics", "page.txt", "--attest", "card.json")
    answer = program(*scored)
    assert answer.code == 2
    assert "a statement is about an image by digest" in answer.err
    digest = f"sha256:{'a' * 64}"
    assert program(*scored, "--image", f"r.example.com/chat@{digest}").code == 0
    said = json.loads((page.parent / "card.json").read_text(encoding="utf-8"))
    assert said["subject"] == [{"name": "r.example.com/chat", "digest": {"sha256": "a" * 64}}]
    assert said["predicate"]["image"] == digest
    assert program("check", "card.json").code == 0


def test_pages_of_two_processes_tell_nothing(program: Program, here: Path) -> None:
    for name, start in (("a.txt", 100), ("b.txt", 200), ("c.txt", 200)):
        text = f"{GOOD}process_start_time_seconds {start}\n"
        (here / name).write_text(text, encoding="utf-8")
    answer = program("score", "--metrics", "a.txt", "--metrics", "b.txt")
    assert answer.code == 3
    assert "the pages are of different processes" in answer.out
    same = program("score", "--metrics", "b.txt", "--metrics", "c.txt")
    assert "different processes" not in same.out


def test_a_page_is_read_twice(program: Program) -> None:
    pages = iter((GOOD, GOOD.replace("} 90\n", "} 91\n")))
    before = moment()
    with Pages({"/metrics": lambda: next(pages)}) as served:
        address = f"{served.url}/metrics"
        answer = program("score", "--metrics", address, "--again", "10ms", "--format", "json")
    told = json.loads(answer.out)
    assert (told["origin"], told["window"]) == (address, "between 2 scrapes")
    assert before <= told["measured"]["from"] <= told["measured"]["to"] <= moment()


def test_a_problem_is_told(program: Program) -> None:
    answer = program("score", "--metrics", "http://127.0.0.1:1/metrics")
    assert answer.code == 3
    assert answer.out.splitlines() == [
        "problem  http://127.0.0.1:1/metrics: did not answer: [Errno 111] Connection refused",
        "         help: is it running, and reached from here?",
        "read     http://127.0.0.1:1/metrics",
        "lowest   could not tell",
        "verdict  incomplete",
        "         - did not answer: [Errno 111] Connection refused",
    ]


def test_a_server_that_is_away_is_a_problem(program: Program) -> None:
    answer = program("score", "--prometheus", "http://127.0.0.1:1", "--format", "json")
    told = json.loads(answer.out)
    assert answer.code == 3
    assert told["problems"][0]["kind"] == "unreachable"
    assert {signal["score"] for signal in told["signals"]} == {None}
    assert program("score", "--prometheus", "ftp://x").code == 3


def test_metrics_of_nobody_are_a_problem(program: Program, here: Path) -> None:
    (here / "page.txt").write_text("up 1\n", encoding="utf-8")
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 3
    assert "no metrics of an engine that is known" in answer.out


def test_of_several_engines_one_must_be_chosen(program: Program, here: Path) -> None:
    (here / "page.txt").write_text(f"{GOOD}tgi_queue_size 3\n", encoding="utf-8")
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 3
    assert "several engines: vllm, tgi" in answer.out
    assert program("score", "--metrics", "page.txt", "--engine", "vllm").code == 0


def test_labels_choose_series(program: Program, page: Path) -> None:
    assert program("score", "--metrics", "page.txt", "--label", "model_name=m").code == 0
    answer = program("score", "--metrics", "page.txt", "--label", "model_name=n")
    assert "no metrics of an engine that is known" in answer.out


def test_models_that_are_measured_together_are_no_pass(program: Program, here: Path) -> None:
    text = GOOD + 'vllm:num_requests_waiting{model_name="other"} 1\n'
    (here / "page.txt").write_text(text, encoding="utf-8")
    answer = program("score", "--metrics", "page.txt")
    assert answer.code == 3
    assert "the signals are of 2 models together: m, other" in answer.out
    assert program("score", "--metrics", "page.txt", "--label", "model_name=m").code == 0


def test_markdown_escapes_what_servers_say(program: Program, page: Path) -> None:
    answer = program("score", "--metrics", "page.txt", "--format", "markdown=out.md")
    assert (answer.code, answer.out) == (0, "")
    text = page.with_name("out.md").read_text(encoding="utf-8")
    assert text.startswith("### Scorecard: pass, lowest 0.50 &#40;KV cache in use&#41;\n")
    assert "| 0.70 | time to first token, p99 | 950 ms | 500 ms | 2 s | between" in text
    failed = program("score", "--metrics", "none", "--format", "markdown")
    assert "| Score |" not in failed.out
    assert "- no such file\n" in failed.out


def statement(**dimension: object) -> str:
    """What `evaluate --attest` writes about one dimension, as far as it is read."""
    told = {"name": "faithfulness", "metric": "score", "value": 0.9, "cases": 800, **dimension}
    body = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "app", "digest": {"sha256": "0a" * 32}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "imagelint.dev/evaluation": {"dimensions": [told], "evaluated": {"model": "a/b"}},
        },
    }
    return json.dumps(body)


def test_quality_stands_beside_how_it_is_served(program: Program, page: Path, here: Path) -> None:
    (here / "eval.json").write_text(statement(threshold=0.8), encoding="utf-8")
    answer = program("score", "--metrics", "page.txt", "--evaluation", "eval.json")
    assert answer.code == 0
    assert "1.00   faithfulness (score)        0.9 " in answer.out
    assert f"note     evaluated: sha256:{'0a' * 32} (a/b)\n" in answer.out
    (here / "eval.json").write_text(statement(threshold=0.95), encoding="utf-8")
    failed = program("score", "--metrics", "page.txt", "--evaluation", "eval.json")
    assert failed.code == 1
    assert "lowest   0.00 (faithfulness (score))" in failed.out


def test_an_evaluation_that_cannot_be_read_is_no_pass(
    program: Program, page: Path, here: Path
) -> None:
    for text, said in (("{}", "no statement"), ("\0", "binary")):
        (here / "eval.json").write_text(text, encoding="utf-8")
        answer = program("score", "--metrics", "page.txt", "--evaluation", "eval.json")
        assert answer.code == 3
        assert said in answer.out
    assert program("score", "--metrics", "page.txt", "--evaluation", "none").code == 3


def test_the_report_for_programs_has_its_form(program: Program, here: Path) -> None:
    form = json.loads((ROOT / "docs" / "scorecard.schema.json").read_text(encoding="utf-8"))
    saved(here)
    (here / "page.txt").write_text(GOOD, encoding="utf-8")
    (here / "eval.json").write_text(statement(threshold=0.8), encoding="utf-8")
    for arguments in (("page.txt", "--evaluation", "eval.json"), ("saved.txt",), ("none",)):
        told = json.loads(program("score", "--format", "json", "--metrics", *arguments).out)
        jsonschema.validate(told, form)
        assert set(told) == set(form["properties"])


def saved(here: Path) -> None:
    """Samples of ten minutes, with a hole in the middle."""
    times = [*range(0, 240, 15), *range(400, 600, 15)]
    lines = [f"vllm:num_requests_waiting {at % 8} {(1_800_000_000 + at) * 1000}" for at in times]
    (here / "saved.txt").write_text("\n".join(lines), encoding="utf-8")


def test_a_page_shows_the_window(program: Program, here: Path) -> None:
    saved(here)
    answer = program("score", "--metrics", "saved.txt", "--format", "html=out.html")
    assert answer.code == 3
    text = (here / "out.html").read_text(encoding="utf-8")
    assert text.count("<polyline ") == 2
    assert '<line class="target" x1="0" x2="640"' in text
    assert "requests waiting over the window: from " in text
    assert "2027-01-15 08:0" in text
    assert "595 s of saved samples" in text
    assert "<td>there is no vllm:kv_cache_usage_perc" in text
    again = program("score", "--metrics", "saved.txt", "--format", "html")
    assert again.out == text


def test_a_page_tells_what_could_not_be_read(program: Program, here: Path) -> None:
    (here / "<b>.txt").write_text("nothing", encoding="utf-8")
    answer = program("score", "--metrics", "<b>.txt", "--format", "html")
    assert answer.code == 3
    assert "<b>.txt" not in answer.out
    assert "&lt;b&gt;.txt" in answer.out
    assert "is no metrics page" in answer.out
    assert "<svg" not in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either `--prometheus` or `--metrics`"),
        (("--metrics", "x", "--prometheus", "http://x"), "either `--prometheus` or"),
        (("--metrics", "x", "--label", "job"), "NAME=VALUE"),
        (("--metrics", "x", "--window", "0"), "no time at all"),
        (("--metrics", "x", "--window", "soon"), "no duration"),
        (("--metrics", "x", "--format", "sarif"), "no format 'sarif'"),
        (("--metrics", "x", "--format", "json", "--format", "text"), "want one output"),
        (("--metrics", "x", "--engine", "vlm"), "no engine 'vlm'"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    program: Program, arguments: tuple[str, ...], said: str
) -> None:
    answer = program("score", *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_server_that_stops_to_answer_is_a_problem(program: Program) -> None:
    def body(*rows: dict[str, str]) -> str:
        result = [{"metric": row, "value": [1, "0.9"]} for row in rows]
        return json.dumps({"status": "success", "data": {"result": result}})

    names = ("vllm:kv_cache_usage_perc", "vllm:num_requests_waiting")
    present = body(*({"__name__": name, "model_name": "m"} for name in names))
    answers = iter((present, present, body({})))
    pages: dict[str, Callable[[], object]] = {
        "/api/v1/query": lambda: next(answers, (503, {}, "")),
        "/api/v1/query_range": body,
    }
    with Pages(pages) as served:
        answer = program("score", "--prometheus", served.url)
    assert answer.code == 3
    assert "0.50            KV cache in use" in answer.out
    assert "not all could be read" in answer.out
    assert "answered with status 503" in answer.out


def test_a_server_that_is_no_longer_scraped_is_no_pass(program: Program) -> None:
    row = {"metric": {"__name__": "vllm:num_requests_waiting"}, "value": [1, "0"]}
    said = [json.dumps({"status": "success", "data": {"result": one}}) for one in ([row], [])]
    answers = iter(said)
    with Pages({"/api/v1/query": lambda: next(answers)}) as served:
        answer = program("score", "--prometheus", served.url)
    assert answer.code == 3
    assert "nothing was scraped at the end of the window" in answer.out


def test_a_counter_that_falls_between_two_pages_tells_nothing(program: Program, here: Path) -> None:
    (here / "a.txt").write_text(GOOD, encoding="utf-8")
    fallen = GOOD.replace('"stop",model_name="m"} 98', '"stop",model_name="m"} 97')
    (here / "b.txt").write_text(fallen, encoding="utf-8")
    answer = program("score", "--metrics", "a.txt", "--metrics", "b.txt")
    assert answer.code == 3
    assert "the pages are of different processes" in answer.out


def test_the_pages_of_two_servers_in_one_tell_nothing(program: Program, here: Path) -> None:
    bad = GOOD.replace('"error",model_name="m"} 2', '"error",model_name="m"} 90')
    (here / "both.txt").write_text(bad + GOOD, encoding="utf-8")
    answer = program("score", "--metrics", "both.txt")
    assert answer.code == 3
    assert "two values of one series" in answer.out
