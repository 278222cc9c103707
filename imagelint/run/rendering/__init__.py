"""Which folders are rendered, with what, and what their files are then judged by."""
