"""The dispatcher: frames of pages become calls, and calls become answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pytron import codec, protocol
from pytron.dispatcher.call import Call
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.faults import describe
from pytron.dispatcher.functions import Function, unknown
from pytron.dispatcher.grants import Grants
from pytron.dispatcher.listener import Listener
from pytron.dispatcher.loop import Loop
from pytron.dispatcher.perform import Performer, arrive, places
from pytron.dispatcher.session import Outlet, Session
from pytron.dispatcher.workers import Run, Task
from pytron.errors import CallError, ProtocolError, StateError

#: Identifies this Python process to pages (spec/ipc.md, section 2).
EPOCH: Final = os.urandom(8).hex()

#: What the log calls a message that is refused.
_WHAT: Final[Mapping[type, str]] = {
    protocol.Piece: "a piece of an upload",
    protocol.Subscribe: "a subscription",
    protocol.Event: "an event",
    protocol.Change: "a state change",
    protocol.Sync: "a request for the state",
    protocol.Watch: "a subscription to the state",
    protocol.Tool: "a message of a tool",
}


class Dispatcher:
    """Sessions of all windows, and the calls in them."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        outlet: Outlet,
        listener: Listener,
        loop: Loop,
        executors: Mapping[str, Any],
        invoke: Callable[[Callable[[], object]], None],
        submit: Callable[[Task], None],
        deadlines: Deadlines,
        dev: bool,
    ) -> None:
        self._functions = functions
        self._outlet = outlet
        self._listener = listener
        self._performer = Performer(
            functions,
            loop=loop,
            executors=executors,
            invoke=invoke,
            submit=submit,
            deadlines=deadlines,
            dev=dev,
        )
        #: Sends the answers that workers have found up to here.
        self.settle = self._performer.settle
        self._dev = dev
        self._labels: dict[int, str] = {}
        self._roles: dict[int, str] = {}  # of windows that count as another
        self._limits: dict[int, Mapping[str, int]] = {}  # of windows with limits of their own
        self._grants: dict[int, Grants] = {}  # of those windows that may not do everything
        self.sessions: dict[int, Session] = {}
        #: Development tools with a part in the pages, by name: they take what that part sends.
        self.tools: dict[str, Callable[[Session, Any], object]] = {}

    def open_window(
        self,
        window: int,
        label: str,
        grants: Grants | None = None,
        *,
        role: str | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        """Pages of this window may open sessions from now on; without grants, do everything.

        Args:
            window: its number.
            label: its name.
            grants: what its pages may do.
            role: the label that it counts as where functions are for certain windows.
            limits: other limits than those of spec/ipc.md, section 7.
        """
        self.grant(window, grants)
        if role is not None:
            self._roles[window] = role
        if limits:
            self._limits[window] = limits
        self._labels[window] = label

    def grant(self, window: int, grants: Grants | None) -> None:
        """Let documents of this window do this from their next session on; None: everything."""
        if grants is None:
            self._grants.pop(window, None)
        else:
            self._grants[window] = grants

    def close_window(self, window: int) -> None:
        """The window has gone: its session ends."""
        self._labels.pop(window, None)
        self.end_session(window)
        for known in (self._grants, self._roles, self._limits):
            known.pop(window, None)

    def pending(self) -> int:
        """How many calls are under way."""
        return sum(session.pending() for session in list(self.sessions.values()))

    def may_load(self, window: int, target: str) -> bool:
        """Whether a window may load a path of the app; what the client itself needs, always."""
        grants = self._grants.get(window)
        return grants is None or grants.has_assets() or target.startswith("/_pytron/")

    def close(self) -> None:
        """End every session, and the executors."""
        for window in list(self.sessions):
            self.end_session(window)
        self._performer.close()

    # --- what arrives -------------------------------------------------------------------------

    def accept(self, window: int, text: bytes, parts: Sequence[bytes | memoryview]) -> list[Task]:
        """Take up a frame. What has to wait its turn is given back as tasks, in order."""
        if window not in self._labels:
            return []
        try:
            if parts:
                protocol.check_parts([memoryview(part).nbytes for part in parts])
            messages, faults, head = protocol.decode_frame(text)
            if head is not None:
                raise ProtocolError("a frame with a head came without its parts")
        except ProtocolError as error:
            self._refuse(window, None, error)
            return []
        tasks: list[Task] = []
        calls: list[protocol.Call] = []
        for message in messages:
            if type(message) is protocol.Call:  # nearly all are
                calls.append(message)
                continue
            if calls:
                self._accept_calls(window, calls, parts, tasks)
                calls = []
            self._accept_other(window, message, parts, tasks)
        if calls:
            self._accept_calls(window, calls, parts, tasks)
        for identity, fault in faults:
            self._refuse(window, identity, fault)
        return tasks

    def _accept_calls(
        self,
        window: int,
        messages: Sequence[protocol.Call],
        parts: Sequence[bytes | memoryview],
        tasks: list[Task],
    ) -> None:
        """Take up calls that came one behind the other."""
        session = self.sessions.get(window)
        if session is None:
            for message in messages:
                self._refuse(window, message.id, ProtocolError("a page must say hello first"))
            return
        calls, most, performer = session.calls, session.most_pending, self._performer
        known: dict[str, Function] = {}
        run: Run[Call] | None = None
        for message in messages:
            identity, name = message.id, message.name
            try:
                if identity in calls:
                    raise ProtocolError(f"the id {identity} is in use already")
                function = known.get(name)
                if function is None:
                    function = known[name] = self._allowed(session, name)
                if len(calls) >= most:
                    raise CallError("too many calls are pending; await some of them", code="busy")
            except ProtocolError as error:
                self._refuse(window, None, error)
                continue
            except CallError as error:
                self._refuse(window, identity, error, name)
                continue
            calls[identity] = call = Call(identity, message, function, session, parts)
            if not function.takes_place:
                run = None
                tasks.append(performer.elsewhere(call))
            elif run is None:
                tasks.append(run := Run([call], performer.work_off))
            else:
                run.calls.append(call)
            if message.timeout is not None or function.options.timeout_s is not None:
                performer.limit(call, message.timeout, function.options.timeout_s)

    def _accept_other(
        self,
        window: int,
        message: protocol.Message,
        parts: Sequence[bytes | memoryview],
        tasks: list[Task],
    ) -> None:
        if isinstance(message, protocol.Hello):
            self._greet(window, message, tasks)
            return
        session = self.sessions.get(window)
        identity = message.id if isinstance(message, protocol.Change) else None
        if session is None:
            self._refuse(window, identity, ProtocolError("a page must say hello first"))
            return
        try:
            self._take(session, message, parts, tasks)
        except (ProtocolError, CallError, StateError) as error:
            self._refuse(window, identity, error, _WHAT.get(type(message), "a message"))

    def _take(
        self,
        session: Session,
        message: protocol.Message,
        parts: Sequence[bytes | memoryview],
        tasks: list[Task],
    ) -> None:
        """Take up one message; what is wrong with it is raised."""
        if isinstance(message, protocol.Cancel):
            call = session.calls.get(message.id)
            if call is not None:
                self._performer.end(call, CallError("cancelled by the caller", code="cancelled"))
        elif isinstance(message, protocol.Credit):
            call = session.calls.get(message.id)
            if call is not None and call.stream is not None:
                call.stream.credit(message.count)
        elif isinstance(message, protocol.Piece):
            upload = session.uploads.get(message.id)
            if upload is not None:  # else it has ended while this was on its way
                arrive(upload, message, parts)
        elif isinstance(message, protocol.Subscribe):
            self._subscribe(session, message.name)
        elif isinstance(message, protocol.Unsubscribe):
            session.patterns.discard(message.name)
        elif isinstance(message, protocol.Event):
            tasks.extend(self._event_tasks(session, message, parts))
        elif isinstance(message, protocol.Change):
            tasks.append(self._change_task(session, message, parts))
        elif isinstance(message, protocol.Sync):
            self._check_state(session, message.scope)
            tasks.append(self._listener.resync(session, message.scope))
        elif isinstance(message, protocol.Watch):
            self._check_state(session, message.scope)
            self._listener.watched(session, message)
        elif isinstance(message, protocol.Log):
            self._listener.logged(session, message)
        elif isinstance(message, protocol.Tool):
            self._use_tool(session, message)

    def _use_tool(self, session: Session, message: protocol.Tool) -> None:
        tool = self.tools.get(message.name)
        if tool is None:
            raise CallError(
                f"no development tool {message.name!r} runs in this app", code="not_allowed"
            )
        tool(session, message.data)

    def _subscribe(self, session: Session, name: str) -> None:
        if session.grants is not None:
            session.grants.check_subscription(name)
        session.patterns.add(name)
        self._listener.subscribed(name)

    def _check_state(self, session: Session, scope: str) -> None:
        if session.grants is not None:
            session.grants.check_state(scope)

    def _event_tasks(
        self, session: Session, message: protocol.Event, parts: Sequence[bytes | memoryview]
    ) -> Iterable[Task]:
        if session.grants is not None:
            session.grants.check_event(message.name)
        if message.bin is not codec.UNSET:
            tree = {"data": message.data}
            codec.place(tree, places(message.bin), parts, forward=message.to is not None)
            message.data = tree["data"]
        return self._listener.happened(session, message)

    def _change_task(
        self, session: Session, message: protocol.Change, parts: Sequence[bytes | memoryview]
    ) -> Task:
        self._check_state(session, message.scope)
        ops = message.plain_ops()
        if message.bin is not codec.UNSET:
            codec.place({"ops": ops}, places(message.bin), parts)
        return self._listener.changed(session, message, ops)

    def _allowed(self, session: Session, name: str) -> Function:
        grants = session.grants
        if grants is not None:
            grants.check_call(name)  # first: who may not call learns no names
        function = self._functions.get(name)
        if function is None:
            names = filter(grants.has_call, self._functions) if grants else self._functions
            raise unknown(name, names)
        windows = function.options.windows
        if windows is not None and session.role not in windows:
            raise CallError(
                f"window {session.role!r} may not call {name!r}; to allow it, expose it with "
                f"windows={[*windows, session.role]!r}",
                code="not_allowed",
            )
        return function

    def _refuse(
        self, window: int, identity: int | None, error: BaseException, what: str = "a frame"
    ) -> None:
        body = protocol.error(identity, describe(error, what, dev=self._dev))
        session = self.sessions.get(window)
        if session is not None:
            session.send(body)
        else:
            self._outlet.send(window, body)

    # --- sessions -----------------------------------------------------------------------------

    def _greet(self, window: int, hello: protocol.Hello, tasks: list[Task]) -> None:
        previous = self.sessions.get(window)
        if previous is not None and previous.id == hello.session:
            self._refuse(window, None, ProtocolError("this session has said hello already"))
            return
        self.end_session(window)
        label, grants = self._labels[window], self._grants.get(window)
        limits = {**protocol.LIMITS, **self._limits.get(window, {})}
        session = Session(
            hello.session, window, label, self._outlet, grants,
            role=self._roles.get(window), pending=limits["pending"],
        )  # fmt: skip
        session.send(
            protocol.hello(
                session=session.id,
                epoch=EPOCH,
                window=label,
                dev=self._dev,
                limits=limits,
                tools=self.tools,
            )
        )
        self.sessions[window] = session
        tasks.append(self._listener.opened(session))

    def end_session(self, window: int) -> None:
        """Cancel whatever the window's document began. Nobody is left to be told."""
        session = self.sessions.pop(window, None)
        if session is None:
            return
        pending = session.end()
        self._outlet.discard(window)
        for call in pending:
            self._performer.stop(call)
