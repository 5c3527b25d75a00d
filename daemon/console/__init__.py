"""The technician's console: a control socket in the daemon, and `kioskctl` at its other end."""
