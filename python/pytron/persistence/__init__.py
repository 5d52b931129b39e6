"""State that outlives the app: kept in a file, as a snapshot and the changes since then."""

from pytron.persistence.keeping import Persistence, passing_place, place_of

__all__ = ["Persistence", "passing_place", "place_of"]
