"""`imagelint size`."""

from __future__ import annotations

import click

from imagelint.core.report import ExitCode


@click.command()
@click.argument("model")
@click.option(
    "--gpu", "gpus", multiple=True, help="Only products of that name: H100, L4 … [repeat]"
)
@click.option("--tp", type=click.IntRange(0, 1024), default=0, help="GPUs. [default: the fewest]")
@click.option("--quantization", default="", help="As the engines' flag: awq, fp8, bitsandbytes …")
@click.option("--kv-cache-dtype", default="", help="fp8: one byte an element instead of two.")
@click.option("--max-model-len", default="", help="Tokens: 32768, 32k. [default: the model's own]")
@click.option("--sequences", type=click.IntRange(1, 100_000), default=1, show_default=True)
@click.option("--share", type=click.FloatRange(0.01, 1), default=0.9, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def size(*, model: str, gpus: tuple[str, ...], as_json: bool, **told: str | float) -> None:
    """Tell how much memory a model takes, and upon which GPUs it fits.

    By its name alone: nothing is asked of any hub. SHARE is what the engine takes of the memory.
    """
    from imagelint.documents.serving.values import token_count
    from imagelint.knowledge.serving.sizing import Question, fits, model_size

    length = str(told["max_model_len"])
    tokens = token_count(length) if length else 0
    if tokens is None:
        raise click.BadParameter(f"{length!r} is no number of tokens", param_hint="--max-model-len")
    question = Question(
        model=model,
        quantization=str(told["quantization"]),
        cache_dtype=str(told["kv_cache_dtype"]),
        tokens=tokens,
        sequences=int(told["sequences"]),
        share=float(told["share"]),
        tensor=int(told["tp"]),
    )
    found = model_size(question)
    if found is None:
        click.echo(f"the size of {model} is not known", err=True)
        raise click.exceptions.Exit(ExitCode.INCOMPLETE)
    wanted = [name.lower() for name in gpus]
    rows = [fit for fit in fits(question, found) if not wanted or _is_one(fit.gpu, wanted)]
    if as_json:
        import json

        shape = found.shape._asdict() if found.shape else None
        answer = {**question._asdict(), **found._asdict(), "shape": shape}
        click.echo(json.dumps({**answer, "gpus": [fit._asdict() for fit in rows]}, indent=2))
        return
    from imagelint.cli.output.size import summary, table

    click.echo("\n".join((*summary(question, found), "", *table(rows))))


def _is_one(product: str, wanted: list[str]) -> bool:
    name = product.lower()
    return any(name == one or name.startswith(f"{one} ") for one in wanted)
