"""What PyInstaller must not see of `msgspec`: it knows attrs, and needs it only if the app does."""

excludedimports = ["attr", "attrs", "typing_extensions"]
