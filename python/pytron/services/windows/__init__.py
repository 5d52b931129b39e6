"""Services on Windows. Only type-checked so far, not run."""
