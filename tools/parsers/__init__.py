"""All that reads one text by itself, for the fuzzer: values, lines, languages, files, reports."""
