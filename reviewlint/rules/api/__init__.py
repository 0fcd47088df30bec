"""The HTTP contract: statuses, bodies, routes."""
