"""The second display: whom the counters serve now."""
