"""Runs candidate programs and judges them, each in its own jail. Standard library only, Python 3.10 or newer."""
