"""The dispatcher: frames of pages become calls, and calls become answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from time import monotonic
from typing import Any, Protocol

from pytron import codec, protocol
from pytron.dispatcher.call import Call, _current
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.executors import Executors
from pytron.dispatcher.faults import describe
from pytron.dispatcher.functions import Function, unknown
from pytron.dispatcher.loop import Loop
from pytron.dispatcher.session import Send, Session
from pytron.dispatcher.streams import AsyncStream, SyncStream
from pytron.dispatcher.workers import Task
from pytron.errors import CallError, ProtocolError

#: Identifies this Python process to pages (spec/ipc.md, section 2).
EPOCH = secrets.token_urlsafe(12)


class Listener(Protocol):
    """What the dispatcher leaves to the app: whatever is not a call."""

    def opened(self, session: Session) -> None:
        """A page has said hello, and its `hello` has been sent."""
        ...

    def happened(self, session: Session, event: protocol.Event, data: object) -> Iterable[Task]:
        """A page has emitted an event."""
        ...

    def changed(self, session: Session, change: protocol.Change) -> Task:
        """A page wants to change the state."""
        ...

    def resync(self, session: Session, scope: str) -> None:
        """A page wants a snapshot."""
        ...

    def logged(self, session: Session, log: protocol.Log) -> None:
        """A page has written to the log."""
        ...


class Dispatcher:
    """Sessions of all windows, and the calls in them."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        send: Send,
        discard: Callable[[int], None],
        listener: Listener,
        loop: Loop,
        executors: Executors,
        dev: bool,
    ) -> None:
        self._functions = functions
        self._send = send
        self._discard = discard
        self._listener = listener
        self._loop = loop
        self._executors = executors
        self.deadlines = Deadlines()
        self._dev = dev
        self._context = copy_context()
        self._labels: dict[int, str] = {}
        self.sessions: dict[int, Session] = {}

    def open_window(self, window: int, label: str) -> None:
        """Pages of this window may open sessions from now on."""
        self._labels[window] = label

    def close_window(self, window: int) -> None:
        """The window has gone: its session ends."""
        self._labels.pop(window, None)
        self.end_session(window, "closed", "the window has closed")

    def close(self) -> None:
        """End every session."""
        for window in list(self.sessions):
            self.end_session(window, "closed", "the app has ended")
        self.deadlines.close()

    # --- what arrives -------------------------------------------------------------------------

    def accept(self, window: int, text: bytes, parts: Sequence[memoryview]) -> list[Task]:
        """Take up a frame. What has to wait its turn is given back as tasks, in order."""
        if window not in self._labels:
            return []
        try:
            if len(parts) > protocol.LIMITS["parts"] or (
                parts and protocol.parts_size(parts) > protocol.MAX_PARTS_BYTES
            ):
                raise ProtocolError("too many or too large parts; stream them", code="too_large")
            messages, faults = protocol.decode_frame(text)
        except ProtocolError as error:
            self._refuse(window, None, error)
            return []
        tasks: list[Task] = []
        for message in messages:
            if type(message) is protocol.Call:  # nearly all are
                self._accept_call(window, message, parts, tasks)
            else:
                self._accept_other(window, message, parts, tasks)
        for identity, fault in faults:
            self._refuse(window, identity, fault)
        return tasks

    def _accept_call(
        self, window: int, message: protocol.Call, parts: Sequence[memoryview], tasks: list[Task]
    ) -> None:
        session = self.sessions.get(window)
        if session is None:
            self._refuse(window, message.id, ProtocolError("a page must say hello first"))
            return
        if message.id in session.calls:
            self._refuse(window, None, ProtocolError(f"the id {message.id} is in use already"))
            return
        try:
            function = self._allowed(session, message.name)
            if len(session.calls) >= protocol.LIMITS["pending"]:
                raise CallError("too many calls are pending; await some of them", code="busy")
        except CallError as error:
            self._refuse(window, message.id, error, message.name)
            return
        call = Call(message, function, session, parts if message.bin is not codec.UNSET else ())
        call.perform = self._perform
        session.calls[call.id] = call
        limit_s = function.options.timeout_s
        if message.timeout is not None:
            asked_s = max(0.0, message.timeout / 1000)
            limit_s = asked_s if limit_s is None else min(limit_s, asked_s)
        if limit_s is not None:
            call.deadline = monotonic() + limit_s
            self.deadlines.at(call.deadline, lambda: self._time_out(call, limit_s))
        tasks.append(call)

    def _accept_other(
        self,
        window: int,
        message: protocol.Message,
        parts: Sequence[memoryview],
        tasks: list[Task],
    ) -> None:
        if isinstance(message, protocol.Hello):
            self._greet(window, message)
            return
        session = self.sessions.get(window)
        if session is None:
            identity = getattr(message, "id", None)
            self._refuse(window, identity, ProtocolError("a page must say hello first"))
            return
        if isinstance(message, protocol.Cancel):
            call = session.calls.get(message.id)
            if call is not None:
                self._end(call, CallError("cancelled by the caller", code="cancelled"))
        elif isinstance(message, protocol.Credit):
            call = session.calls.get(message.id)
            if call is not None and isinstance(call.stop, SyncStream):
                call.stop.credit(message.count)
            elif call is not None and isinstance(call.stop, _AsyncWork) and call.stop.stream:
                stream, count = call.stop.stream, message.count
                self._loop.submit(lambda: stream.add(count))
        elif isinstance(message, protocol.Subscribe):
            session.patterns.add(message.name)
        elif isinstance(message, protocol.Unsubscribe):
            session.patterns.discard(message.name)
        elif isinstance(message, (protocol.Event, protocol.Change)):
            self._accept_data(session, message, parts, tasks)
        elif isinstance(message, protocol.Sync):
            self._listener.resync(session, message.scope)
        elif isinstance(message, protocol.Log):
            self._listener.logged(session, message)

    def _accept_data(
        self,
        session: Session,
        message: protocol.Event | protocol.Change,
        parts: Sequence[memoryview],
        tasks: list[Task],
    ) -> None:
        try:
            if message.bin is not codec.UNSET:
                field = "ops" if isinstance(message, protocol.Change) else "data"
                tree = {field: getattr(message, field)}
                codec.place(tree, message.bin, parts)
                setattr(message, field, codec.convert(tree[field], Any))
        except ProtocolError as error:
            self._refuse(session.window, getattr(message, "id", None), error)
            return
        if isinstance(message, protocol.Change):
            tasks.append(self._listener.changed(session, message))
        else:
            tasks.extend(self._listener.happened(session, message, message.data))

    def _allowed(self, session: Session, name: str) -> Function:
        function = self._functions.get(name)
        if function is None:
            raise unknown(name, self._functions)
        windows = function.options.windows
        if windows is not None and session.label not in windows:
            raise CallError(
                f"window {session.label!r} may not call {name!r}; add it to its windows="
                f"{list(windows)!r}",
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
            self._send(window, body, ())

    # --- sessions -----------------------------------------------------------------------------

    def _greet(self, window: int, hello: protocol.Hello) -> None:
        previous = self.sessions.get(window)
        if previous is not None and previous.id == hello.session:
            self._refuse(window, None, ProtocolError("this session has said hello already"))
            return
        self.end_session(window, "cancelled", "the page has gone")
        session = Session(hello.session, window, self._labels[window], self._send)
        session.send(
            protocol.hello(session=session.id, epoch=EPOCH, window=session.label, dev=self._dev)
        )
        self.sessions[window] = session
        self._listener.opened(session)

    def end_session(self, window: int, code: str, reason: str) -> None:
        """Cancel whatever the window's document began."""
        session = self.sessions.pop(window, None)
        if session is None:
            return
        pending = session.end()
        self._discard(window)
        for call in pending:
            self._stop(call, CallError(reason, code=code))

    # --- calls --------------------------------------------------------------------------------

    def _perform(self, call: Call) -> None:
        """Run a call where it belongs. This is on a worker thread."""
        try:
            if call.cancelled:
                return
            arguments, keywords = self._decode(call)
            where = call.function.executor
            if where == "thread":
                self._work(call, arguments, keywords)
            elif where == "loop":
                self._loop.submit(lambda: self._begin(call, arguments, keywords))
            else:
                self._executors.submit(
                    where, call, arguments, keywords, work=self._work, done=self._done
                )
        except BaseException as error:  # noqa: BLE001 - a call always ends, whatever happens
            self._fail(call, error)

    def _decode(self, call: Call) -> tuple[Sequence[Any], dict[str, Any]]:
        message = call.message
        if message.bin is codec.UNSET:
            return call.function.arguments.decode(message.args)
        try:
            tree = {"args": codec.decode(message.args)}
        except ValueError as error:
            raise ProtocolError(f"args are no JSON: {error}") from error
        codec.place(tree, message.bin, call.parts)  # type: ignore[arg-type]
        return call.function.arguments.convert(tree["args"])

    def _work(self, call: Call, arguments: Sequence[Any], keywords: dict[str, Any]) -> None:
        """Call a plain function or generator on this thread, to its end."""
        context = self._context.copy()
        context.run(_current.set, call)
        try:
            if call.function.is_generator:
                generator = context.run(call.function.target, *arguments, **keywords)
                stream = SyncStream(call, generator, context, submit=self.submit, failed=self._fail)
                call.stop = stream
                if call.cancelled:
                    stream.stop()
                stream.run()
            else:
                self._done(call, context.run(call.function.target, *arguments, **keywords))
        except BaseException as error:  # noqa: BLE001 - SystemExit in a function, for one
            self._fail(call, error)

    def submit(self, task: Task) -> None:
        """Run a task on a worker. The app puts the workers' own method here."""
        raise NotImplementedError

    def _done(self, call: Call, value: object) -> None:
        """Answer with a value."""
        if call.id not in call.session.calls:
            return
        try:
            encoded = codec.encode(value)
        except CallError as error:
            self._fail(call, error)
            return
        call.session.settle(call, protocol.result(call.id, encoded), encoded.parts)

    def _fail(self, call: Call, error: BaseException) -> None:
        """Answer with an error, unless the call has had its answer."""
        if call.id not in call.session.calls or call.cancelled:
            return
        body = describe(error, call.function.name, dev=self._dev)
        call.session.settle(call, protocol.error(call.id, body))

    def _time_out(self, call: Call, limit_s: float) -> None:
        if call.session.calls.get(call.id) is call:
            name = call.function.name
            self._end(call, CallError(f"{name} took longer than {limit_s:g} s", code="timeout"))

    def _end(self, call: Call, reason: CallError) -> None:
        """End a call before its time: its caller is answered, its work told to stop."""
        body = {"name": "CallError", "code": reason.code, "message": str(reason)}
        if call.session.settle(call, protocol.error(call.id, body)):
            self._stop(call, reason)

    def _stop(self, call: Call, reason: CallError) -> None:
        call.cancelled = True
        stop = call.stop
        if isinstance(stop, SyncStream):
            stop.stop()
        elif isinstance(stop, _AsyncWork):
            self._loop.cancel(stop.task)
        elif stop is not None:
            stop()
        del reason

    # --- on the loop --------------------------------------------------------------------------

    def _begin(self, call: Call, arguments: Sequence[Any], keywords: dict[str, Any]) -> None:
        """Start the task of an asynchronous call. This is on the loop's thread."""
        if call.cancelled:
            return
        context = self._context.copy()
        context.run(_current.set, call)
        work = _AsyncWork()
        coroutine = self._run_async(call, work, arguments, keywords)
        work.task = context.run(self._loop.loop.create_task, coroutine)
        call.stop = work
        if call.cancelled:
            work.task.cancel()

    async def _run_async(
        self, call: Call, work: _AsyncWork, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> None:
        try:
            target = call.function.target
            if not call.function.is_async:  # def, asked to run on the loop
                self._work(call, arguments, keywords)
            elif call.function.is_generator:
                work.stream = AsyncStream(call, target(*arguments, **keywords))
                await work.stream.run()
            else:
                self._done(call, await target(*arguments, **keywords))
        except BaseException as error:
            if _is_cancellation(error):
                self._end(call, CallError("the function was cancelled", code="cancelled"))
                raise
            self._fail(call, error)


class _AsyncWork:
    """The task of an asynchronous call, and its stream if it is one."""

    task: Any
    stream: AsyncStream | None = None


def _is_cancellation(error: BaseException) -> bool:
    import asyncio

    return isinstance(error, (asyncio.CancelledError, GeneratorExit))
