"""The rule `invalid-default-image`."""

from __future__ import annotations

from itertools import takewhile

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.reference import parse_reference
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import expanded
from imagelint.documents.queries.dockerfiles.defaults import global_defaults
from imagelint.documents.queries.dockerfiles.references import escape_of, references_in
from imagelint.rules.api import Context, Findings, Severity, rule

# A comment with words, not the line that ends a block of them (`#---`).
_COMMENT = pattern(r"\s*#.*\w")
_OF_IMAGES = frozenset({"base", "build", "digest", "image", "registry", "tag", "version"})
_BETWEEN = pattern(r"[\W_]+")


@rule(Stage, Severity.LOW, references=("BuildKit InvalidDefaultArgInFrom",))
def invalid_default_image(stage: Stage, ctx: Context) -> Findings:
    """Without build arguments, FROM names no image.

    Whoever builds the file as it stands, such as an editor, a scanner or a new colleague, gets an
    error about a name that is written nowhere. A default shows what is meant. It is judged as if
    no build argument were given, whatever `--build-arg` says.

    Except:
        A value that the author demands (`${BASE:?which image}`), and an ARG that is explained
        by a comment right above it, with a word of its name or one such as `image`: BuildKit warns
        of these too, for it cannot tell what is meant (https://github.com/moby/moby/issues/49928).
        Defaults that are no name are `invalid-image-reference`.

    Bad:
        ARG TAG
        FROM python:${TAG}

    Good:
        ARG TAG=3.12.7-slim
        FROM python:${TAG}
    """
    word = next(iter(stage.instructions[0].words), None)
    document = ctx.document
    if word is None or "$" not in word.raw or not isinstance(document, Dockerfile):
        return
    escape, defaults = escape_of(document), document.derived(global_defaults)
    names = [one.name for one in references_in(word.raw, word.span.start, escape)]
    empty = list(dict.fromkeys(one for name in names for one in defaults.blank_behind(name)))
    given = dict(ctx.environment.build.arguments)
    empty = empty or [name for name in names if name in given and name in document.arguments]
    if not empty or any(_is_explained(name, document, ctx) for name in empty):
        return
    image = expanded(word.raw, defaults.value, escape)
    if isinstance(image, Known) and parse_reference(image.value) is None:
        yield ctx.finding(
            word,
            f"without `--build-arg {empty[0]}=…` this is `{image.value}`, which is no image"
            if image.value
            else f"without `--build-arg {empty[0]}=…` this names no image",
            help="give it a default: `ARG <name>=<value>`",
            subject=empty[0],
        )


def _is_explained(name: str, document: Dockerfile, ctx: Context) -> bool:
    """Whether the comment right above an ARG is about an image: `# The base image to use`."""
    lines = ctx.source.text[: document.arguments[name].span.start].split("\n")[-2::-1]
    comment = takewhile(_COMMENT.match, lines)
    return not (_words(name) | _OF_IMAGES).isdisjoint(_words(" ".join(comment)))


def _words(text: str) -> set[str]:
    return {word for word in _BETWEEN.split(text.lower()) if len(word) > 1}
