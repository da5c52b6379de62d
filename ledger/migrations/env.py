"""Read by Alembic, whose words these are: runs revisions on the connection given."""

from alembic import context

connection = context.config.attributes["connection"]
# The transaction is the caller's: all revisions or none, also on SQLite.
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
