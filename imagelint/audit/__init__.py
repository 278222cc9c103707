"""Examining many things: what to do, what is known from earlier runs, who does it."""
