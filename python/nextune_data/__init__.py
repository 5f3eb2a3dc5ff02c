"""Reads Python programs as text and syntax trees for `nextune data`: entry points and bugs.

Standard library only. Nothing here runs a program that it reads: that happens in the sandbox.
"""
