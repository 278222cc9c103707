"""The rule `unpinned-dataset`."""

from __future__ import annotations

from imagelint.documents.evaluation.planned import DatasetBinding
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(DatasetBinding, Severity.MEDIUM)
def unpinned_dataset(dataset: DatasetBinding, ctx: Context) -> Findings:
    """Nothing says which version of its dataset an evaluation rests upon.

    A dataset that grows or is mended between two tags moves all numbers, and nobody can tell that
    from a change of the model. A SHA-256 or a revision of its repository pins it.

    Bad (imagelint-eval.yaml):
        dataset:
          name: support-questions
        dimensions:
          accuracy: {threshold: 0.85}
          faithfulness: {threshold: 0.9}

    Good (imagelint-eval.yaml):
        dataset:
          name: support-questions
          revision: 5f1c2ab
        dimensions:
          accuracy: {threshold: 0.85}
          faithfulness: {threshold: 0.9}
    """
    if dataset.sha256 or dataset.revision:
        return
    if dataset.name or dataset.file:
        message = f"nothing pins the dataset `{dataset.name or dataset.file}`"
    else:
        message = "nothing says on which dataset this evaluation rests"
    help_ = "add `sha256` of its file, or the `revision` of its repository"
    yield ctx.finding(dataset, message, help=help_, subject=dataset.name)
