"""Looking a procedure up: by words, by what happened in a life, by field; then its page."""
