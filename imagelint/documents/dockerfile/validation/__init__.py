"""What BuildKit says no to although its parser reads it.

The rules are those of `frontend/dockerfile/instructions` and `frontend/dockerfile/dockerfile2llb`
of moby/buildkit. What depends on a value that nobody knows is never said.
"""
