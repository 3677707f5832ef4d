"""Experiments with what goes wrong in production. Small ones are tests; `python -m tests.reliability.run` runs all."""
