"""The tables, a file a room.  SQL of their making stands in `migrations/`."""
