"""Migrations, and the schema that they make."""
