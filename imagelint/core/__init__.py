"""The nouns: what every stage of the pipeline hands to the next. Standard library only, no I/O."""
