"""What `dev.py` does, standard library only: it runs before anything is installed."""
