"""imagelint: says, with evidence, whether a GPU serving image may be pushed."""

__version__ = "0.1.0"
