"""Runs a program on one test and tells its state changes as events. Standard library only, Python 3.10 or newer.

The program is untrusted: these modules share an interpreter with it inside the jail, so what they report is text for
a reader and never the source of a verdict.
"""
