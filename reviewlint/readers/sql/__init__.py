"""The SQL reader: every statement of a file through PostgreSQL's own grammar."""
