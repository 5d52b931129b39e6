from dataclasses import dataclass

from pytron import App


@dataclass
class State:
    count: int = 0
    picture: str = ""


app = App("Counter", frontend="page", width=420, height=260, state=State)


@app.expose
def draw(colour: str) -> None:
    shape = f'<rect width="99" height="99" fill="{colour}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{shape}</svg>'
    app.state.picture = app.assets.publish(svg.encode(), "image/svg+xml")


@app.expose
def reset() -> None:
    app.state.count = 0


if __name__ == "__main__":
    raise SystemExit(app.run())
