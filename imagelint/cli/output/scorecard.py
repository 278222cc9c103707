"""Show a scorecard in the formats that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.files.inputs import refuse_inputs
from imagelint.cli.options.formats import Format
from imagelint.cli.output.files import refuse_places
from imagelint.cli.output.streams import say
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.reporters.scorecard import load

if TYPE_CHECKING:
    from imagelint.cli.options.statements import AttestOptions
    from imagelint.core.serving.scorecard import Scorecard

_NAMED = "name the one that is served: `--image NAME@sha256:…`"


def attested(options: AttestOptions, image: str, card: Scorecard) -> None:
    """Write the statement of a scorecard, and attach it to the image where it passed.

    Raises:
        UsageError: no image is named, the file cannot be written, or cosign does not sign it.
    """
    if not (options.attest or options.sign):
        return
    from imagelint.cli.images.signoff import written
    from imagelint.collect.deadline import NEVER
    from imagelint.reporters.scorecard.statement import statement

    refuse_inputs((options.attest,))
    if not card.image:
        raise UsageError(Diagnostic("a statement is about an image by digest", help=_NAMED))
    name = image.rpartition("@")[0] or card.image
    written(statement(card, name), (name, card.image), card.outcome, options, NEVER)


def show_scorecard(card: Scorecard, formats: tuple[Format, ...]) -> int:
    """Write every report that was asked for and give the exit code.

    Raises:
        UsageError: two reports want one place, or that of an input, or a file cannot be written.
    """
    wanted = formats or (Format("text", ""),)
    refuse_places(wanted)
    for entry in wanted:
        chunks = load(entry.name)(card)
        if entry.path:
            from imagelint.collect.write import write_text

            write_text(entry.path, chunks)
            continue
        for chunk in chunks:
            say(chunk)
    return card.exit_code
