"""What is beside an app only while it is developed: tools, tests that drive it, browser tabs."""
