"""Services on macOS. Only type-checked so far, not run."""
