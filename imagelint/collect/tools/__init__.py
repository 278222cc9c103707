"""The programs that we ask: each with pure arguments, a run, and a parser in `documents`."""
