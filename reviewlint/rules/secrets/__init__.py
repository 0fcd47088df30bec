"""Secrets: credentials in the repository, in the browser's bundle, in URLs and as fallbacks."""
