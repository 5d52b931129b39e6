"""Notes to look at: for a first start, and for the demo's check."""

import os
import random
import time
from pathlib import Path

from .model import Draft

_DAY_S = 86_400.0

_NOTES: list[tuple[float, bool, str, str]] = [
    (
        0.02,
        True,
        "The quiet case for small tools",
        """A good tool disappears. You notice the *wood*, not the plane. You notice the sentence, \
not the editor. That is the whole argument, and everything below is a footnote to it.

## What small means

Small is not the same as simple. A pencil is small; the graphite, the cedar and the lacquer come \
from three continents. Small means that **you can hold the whole of it in your head**, and that \
when it breaks you know where to look.

- [x] It starts before you have forgotten why you opened it
- [x] It keeps your work in a form that outlives it
- [ ] It never asks you to wait without saying for what

> The best interface is the one you stop seeing after a week.

Most software grows until it can no longer be seen from any one place. Then it is rewritten, and \
the new one is small again, for a while.

So I keep a list of the small ones: the kitchen timer, the pocket knife with one blade, the song \
book that falls open at the right page, and this window, which has been open since Tuesday.

#essay #tools""",
    ),
    (
        0.4,
        True,
        "Week 47",
        """## This week

- [x] Send the workshop outline to Ana
- [x] Book the train, window seat, quiet coach
- [ ] Read the second half of *Seeing Like a State*
- [ ] Fix the wobble in the workbench

## Parked

- The bicycle light, until the part arrives
- Learning Portuguese properly #planning""",
    ),
    (
        1.1,
        False,
        "Bread, fourth attempt",
        """Hydration 72 %, and this time the oven was really hot. The crust sang when it came out.

1. Mix at eight in the evening, fold three times
2. Leave it in the cold stairwell overnight
3. Bake at 250 °C with steam for twenty minutes, then 220 °C for twenty-five

The crumb is finally open. Next time a little less salt. #kitchen""",
    ),
    (
        2.6,
        False,
        "Notes from the harbour walk",
        """Fog until ten. Two cormorants drying their wings on the old pier, like umbrellas \
somebody forgot.

The ferry horn is an F sharp. I checked. #walks""",
    ),
    (
        4.2,
        False,
        "Questions for the workshop",
        """What do you do before you write the first line? Where does the second draft begin?

- Who is it for, in one name?
- What would you cut if you had to cut half?
- What are you **sure** of? #workshop #essay""",
    ),
    (
        6.0,
        False,
        "Python: run work in a thread",
        """Blocking work belongs in a thread, and the loop stays free:

```
async def load(path):
    return await asyncio.to_thread(path.read_bytes)
```

A thread can't be killed. Give it a flag to look at, and look at it often. #python #tools""",
    ),
    (
        9.3,
        False,
        "Books, winter list",
        """- *The Gardener and the Carpenter*
- *A Pattern Language*, again, slowly
- *The Summer Book*
- Something with maps in it #reading""",
    ),
    (
        13.5,
        False,
        "Garden plan",
        """Beans along the south wall, garlic where the tomatoes were. Leave the corner by the \
shed wild for the hedgehog. #garden #planning""",
    ),
    (
        18.2,
        False,
        "A letter I should answer",
        """Marta writes that the house is finally warm. Ask about the stove, the roof, and \
whether the swallows came back. #letters""",
    ),
    (
        25.0,
        False,
        "How the tide tables work",
        """The moon pulls, the harbour delays. Each place has its own lag, found by measuring and \
kept in a book: **high water, full and change**. #walks #reading""",
    ),
]

_SUBJECTS = ["tide", "garden", "letter", "workbench", "harbour", "recipe", "margin", "lantern"]
_VERBS = ["follows", "outlasts", "hides", "remembers", "answers", "borrows", "measures"]
_OBJECTS = ["the plan", "a slow morning", "the second draft", "an old map", "every list"]
_TAGS = ["essay", "reading", "walks", "kitchen", "garden", "planning"]


def drafts(now: float | None = None) -> list[Draft]:
    """The sample notes, as if they had been written over the last weeks."""
    now = time.time() if now is None else now
    return [
        Draft(title, body, now - (age + 3) * _DAY_S, now - age * _DAY_S, pinned)
        for age, pinned, title, body in _NOTES
    ]


def write_files(folder: Path, count: int, now: float | None = None) -> None:
    """Write `count` small Markdown files, the same ones every time, over half a year of dates."""
    now = time.time() if now is None else now
    chance = random.Random(count)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        subject = chance.choice(_SUBJECTS)
        lines = [
            f"The {chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)}."
            for _ in range(chance.randint(2, 9))
        ]
        title = f"{subject.capitalize()}, page {number}"
        path = folder / f"{number:04}-{subject}.md"
        tag = chance.choice(_TAGS)
        path.write_text(f"# {title}\n\n{' '.join(lines)} #{tag}\n", encoding="utf-8")
        age_days = 30 + chance.triangular(0, 150, 40)
        if chance.random() < 0.35:  # writers have habits: some weekdays are busy ones
            age_days -= age_days % 7
        when = now - age_days * _DAY_S
        os.utime(path, (when, when))
