"""Results of evaluations: the files of the tools that make them, plans, and what came of both."""
