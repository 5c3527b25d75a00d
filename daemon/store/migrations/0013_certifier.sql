-- Who said yes to a request: the id of one of the configured certifiers, empty for the only one.
ALTER TABLE request ADD COLUMN certifier TEXT NOT NULL DEFAULT '';
