"""Tests: what they reach and what they leave out."""
