"""One run of an app: what passes between its windows, its functions and its state."""
