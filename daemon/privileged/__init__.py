"""What runs as root beside the daemon, in a unit of its own: the standard library and no more."""
