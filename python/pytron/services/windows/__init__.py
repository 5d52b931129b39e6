"""Services on Windows. Run under Wine 8 by hand where a module says so, else type-checked only."""
