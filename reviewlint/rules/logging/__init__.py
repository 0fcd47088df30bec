"""Logs: what is written, at which level, with which fields."""
