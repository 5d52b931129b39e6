"""Takes the pictures of Lightbox that the documentation shows, light and dark.

`python examples/pictures/photograph.py docs/images`; where there is no display, after
`python -m tools.dev.display` or `xvfb-run -a`.
"""

import sys
from pathlib import Path

from pytron.testing.driver import DrivenApp

#: Resolves once the page is dark, or light.
_TURNED = """new Promise((turned) => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (dark.matches === argument) turned();
  else dark.onchange = turned;
})"""
STARS = {0: 4, 2: 5, 3: 3, 4: 5, 5: 2, 7: 4}


def photograph(folder: Path) -> None:
    """Start the app as a user does, with a library of its own, and let it pose."""
    with DrivenApp(Path(__file__).with_name("app.py")) as app:
        window = app.window()
        window.by_role("button", "Show me some").click()
        window.css("figure").expect_count(8)
        for number, stars in STARS.items():
            card = window.css("figure").nth(number)
            card.by_role("button", f"{stars} stars").click()
        window.css("figcaption .on").expect_count(sum(STARS.values()))
        window.evaluate("document.activeElement.blur()")  # no focus ring
        for theme, name in (("light", "lightbox.png"), ("dark", "lightbox-dark.png")):
            app.emit("menu.click", {"id": f"theme-{theme}"})
            window.evaluate(_TURNED, theme == "dark")
            window.screenshot(folder / name)


if __name__ == "__main__":
    photograph(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
