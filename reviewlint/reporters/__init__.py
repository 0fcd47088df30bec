"""Reporters write a review down, one format a module."""
