"""Readers of settings files and of the credentials in any text."""
