"""Rows of EvalPlus's data sets (Liu et al., 2023): inputs without outputs, and rules of their own for comparing."""
