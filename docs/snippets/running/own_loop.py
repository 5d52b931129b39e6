import asyncio
from datetime import datetime

from pytron import App

app = App("Own loop", frontend="page", ephemeral=True)
asked = asyncio.Event()


@app.expose
async def hour() -> int:
    asked.set()
    return datetime.now().hour


async def main() -> int:
    shown = asyncio.create_task(app.run_async())
    await asked.wait()  # the loop is yours, and goes on
    print("the page has asked")
    app.quit()
    return await shown


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
