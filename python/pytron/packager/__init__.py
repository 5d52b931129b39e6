"""`pytron package`: from an app's files to something that starts on other people's machines.

A pipeline of small steps; each takes the `Build` and adds to it. Nothing here is imported by a
running app.
"""
