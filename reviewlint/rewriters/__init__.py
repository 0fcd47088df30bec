"""Rewriters carry out a fix as text edits."""
