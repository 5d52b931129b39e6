"""The app for browsers: sessions over WebSocket, assets over HTTP, and who may have them.

Source: spec/view.md, section 9. Starlette and uvicorn are imported only in `site` and `process`,
so that the rest, and its tests, need neither.
"""
