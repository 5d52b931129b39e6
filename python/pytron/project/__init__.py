"""Projects of users: making one, building its page, moving it to another version."""
