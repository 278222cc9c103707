"""How well a model server serves, from its metrics."""
