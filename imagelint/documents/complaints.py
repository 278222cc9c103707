"""The kinds of complaints: one type for each way in which a text is not what its reader expects.

The type is the code of a complaint. How severe it is, and why, says the rule of the same name:
`UnknownInstruction` is `unknown-instruction`. A test holds these types and those rules to be one
set. Each type says what its complaints are about: their `subject`.
"""

from __future__ import annotations

from imagelint.documents.base import Complaint

# Dockerfiles: frontend/dockerfile of moby/buildkit refuses nearly all of them; the others it takes
# for something that was not meant.


class BadSubstitution(Complaint):
    """`${…}` cannot be expanded; about the variable, label, flag or instruction that it is of."""

    __slots__ = ()


class BlankName(Complaint):
    """A word of ENV, ARG or LABEL has nothing in front of its `=`; about the instruction."""

    __slots__ = ()


class BrokenJsonForm(Complaint):
    """What looks like an array in JSON form is none; about the instruction."""

    __slots__ = ()


class CircularStage(Complaint):
    """A stage takes files from a stage that is made of it; about what `from` names."""

    __slots__ = ()


class DuplicateDirective(Complaint):
    """`# name=value` is given again in the first lines; about the directive."""

    __slots__ = ()


class DuplicateFlag(Complaint):
    """A flag that counts once is given again; about the flag."""

    __slots__ = ()


class EmptyDockerfile(Complaint):
    """There is no instruction at all; about nothing."""

    __slots__ = ()


class InstructionBeforeFrom(Complaint):
    """The first instruction is neither FROM nor ARG; about the instruction."""

    __slots__ = ()


class InvalidCheckDirective(Complaint):
    """An option of `# check=` is none that BuildKit reads; about the option."""

    __slots__ = ()


class InvalidEscapeDirective(Complaint):
    """`# escape=` names another character than a backslash or a backtick; about the value."""

    __slots__ = ()


class InvalidExposedPort(Complaint):
    """A word of EXPOSE is no port; about the word."""

    __slots__ = ()


class InvalidFlagValue(Complaint):
    """The value of a flag is none that it takes, or there is none; about the flag."""

    __slots__ = ()


class InvalidMount(Complaint):
    """`RUN --mount` has an option, or a value, that its type does not take; about the option."""

    __slots__ = ()


class InvalidOnbuildTrigger(Complaint):
    """ONBUILD keeps an instruction that it must not keep; about the instruction."""

    __slots__ = ()


class InvalidStageName(Complaint):
    """A stage has a name that is none; about the name."""

    __slots__ = ()


class InvalidStopSignal(Complaint):
    """STOPSIGNAL names no signal; about the signal."""

    __slots__ = ()


class KeyWithoutValue(Complaint):
    """A word of ENV or LABEL has no `=`; about the word."""

    __slots__ = ()


class MalformedFrom(Complaint):
    """FROM has words that are no `AS name`; about the image."""

    __slots__ = ()


class MissingArgument(Complaint):
    """An instruction lacks what it cannot do without; about the instruction."""

    __slots__ = ()


class MisspeltDirective(Complaint):
    """A comment in the first lines is nearly a directive; about its name."""

    __slots__ = ()


class NoBuildStage(Complaint):
    """There are instructions, and nothing but ARG; about nothing."""

    __slots__ = ()


class NonStringInJsonForm(Complaint):
    """An array in JSON form holds more than strings; about the instruction."""

    __slots__ = ()


class ShellNotInJsonForm(Complaint):
    """SHELL has its words without brackets; about the words."""

    __slots__ = ()


class UnclosedQuote(Complaint):
    """A quote is not closed; about the variable, label, flag or instruction that it is of."""

    __slots__ = ()


class UnexpectedArgument(Complaint):
    """An instruction has an argument that it does not take; about the instruction."""

    __slots__ = ()


class UnknownFlag(Complaint):
    """An instruction has a flag that it does not know; about the flag."""

    __slots__ = ()


class UnknownHealthcheckType(Complaint):
    """HEALTHCHECK begins neither with CMD nor with NONE; about its first word."""

    __slots__ = ()


class UnknownInstruction(Complaint):
    """A line begins with a word that is no instruction; about the word."""

    __slots__ = ()


class UnknownStage(Complaint):
    """A stage is named that does not exist; about the name."""

    __slots__ = ()


class UnterminatedHereDocument(Complaint):
    """A here-document goes on to the end of the file; about its name."""

    __slots__ = ()


class UrlInCopy(Complaint):
    """COPY takes from an address what only ADD can fetch; about the instruction."""

    __slots__ = ()


class VariableInFrom(Complaint):
    """`--from` or `from=` of a mount holds a variable; about what it names."""

    __slots__ = ()


# Files around them.


class InvalidIgnorePattern(Complaint):
    """A line of an ignore file is no pattern; about the line."""

    __slots__ = ()


class InvalidRequirement(Complaint):
    """A line of a requirements file is no requirement; about the line."""

    __slots__ = ()


class UnknownPipOption(Complaint):
    """A requirements file has an option that pip does not know there; about the option."""

    __slots__ = ()


# YAML.


class DuplicateKey(Complaint):
    """A mapping has a key again; about the key."""

    __slots__ = ()


class MalformedComposeFile(Complaint):
    """A part of a compose file has a form that compose refuses; about that part."""

    __slots__ = ()


class UndefinedComposeName(Complaint):
    """A service uses a name that no file of the project defines; about that name."""

    __slots__ = ()


class CircularComposeService(Complaint):
    """A service waits for itself, by way of others; about its name."""

    __slots__ = ()


class UnknownComposeKey(Complaint):
    """A compose file has a key that the Compose Specification does not know; about that key."""

    __slots__ = ()


class ObjectWithoutKind(Complaint):
    """A document has neither `kind` nor `apiVersion`; about its name, or its first key."""

    __slots__ = ()


class MalformedObject(Complaint):
    """A part of an object is not of the shape that the API server wants; about its path."""

    __slots__ = ()


class UnknownField(Complaint):
    """An object has a field that Kubernetes does not know; about its path."""

    __slots__ = ()


class ConflictingFields(Complaint):
    """An object has two fields of which one alone may be there; about the path of the second."""

    __slots__ = ()


class MissingField(Complaint):
    """A part of an object lacks a field without which it is refused; about the part's path."""

    __slots__ = ()


class InvalidName(Complaint):
    """An object, or a part of one, cannot have its name; about the path of the name."""

    __slots__ = ()


class MalformedLabel(Complaint):
    """The key or the value of a label is none; about its path."""

    __slots__ = ()


class InvalidPort(Complaint):
    """A number or a word in an object is no port; about its path."""

    __slots__ = ()


class InvalidQuantity(Complaint):
    """An amount in an object is no quantity; about its path."""

    __slots__ = ()


class InvalidValue(Complaint):
    """A number, a path, an address or a schedule in an object is none; about its path."""

    __slots__ = ()


class MultiNodeRefused(Complaint):
    """KServe refuses what a service on several nodes is told; about its name, or a path."""

    __slots__ = ()
