"""What Alembic runs: on the connection that core/migration.py opened."""

from alembic import context

from denshi_hosho.core.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
