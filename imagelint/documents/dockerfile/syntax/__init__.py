"""From text to instructions: BuildKit's lines, words, flags and here-documents, in their places."""
