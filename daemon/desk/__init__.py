"""The certifier's desk: a small HTTPS server, one a ward, that kiosks dial out to."""
