"""The language server: what is written in an editor is judged while it is written."""
