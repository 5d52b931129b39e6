"""From a page's call to an exposed function, and back with its answer."""

from pytron.dispatcher.event import Event, TypedEvent
from pytron.dispatcher.functions import Api, expose
from pytron.dispatcher.uploads import Upload

__all__ = ["Api", "Event", "TypedEvent", "Upload", "expose"]
