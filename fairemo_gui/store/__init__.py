"""The workspace: SQLite schema, migrations, queries and edits. Each edit returns the changes it made."""
