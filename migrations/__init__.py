"""Alembic's migrations, for SQLite and PostgreSQL alike; each runs up and down in one transaction."""
