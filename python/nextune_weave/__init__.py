"""The tracer's fast way: a program is compiled together with checks of its own state, and run once or twice.

Only for programs whose statements can be judged by their text (effects.py). Any other, and any doubt while it runs, is
left to nextune_trace's recorder, which looks at every statement from outside and takes its time.
"""
