"""Pages of this app may use the camera and the microphone."""

from pytron import App

app = App("Camera", frontend="desktop/page", permissions=["camera", "microphone"])

if __name__ == "__main__":
    raise SystemExit(app.run())
