"""A second module with a type of the same name as one of the first."""

from dataclasses import dataclass


@dataclass
class Note:
    """Another note: a sound."""

    pitch: int
