"""SQL and other queries in application code."""
