"""Calls that have passed the checks: they are run where they belong, and answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from time import monotonic
from typing import Any

from pytron import codec, protocol
from pytron.answer import may_wait
from pytron.dispatcher.call import Call, Handing, running
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.executors import Executors
from pytron.dispatcher.faults import describe
from pytron.dispatcher.functions import Function
from pytron.dispatcher.loop import Loop
from pytron.dispatcher.session import Session
from pytron.dispatcher.streams import AsyncStream, SyncStream
from pytron.dispatcher.uploads import Upload
from pytron.dispatcher.workers import Task
from pytron.errors import CallError, ProtocolError

_CLOSE_TIMEOUT_S = 1.0
#: What may be long enough to be sent in pieces.
_LISTS = frozenset({list, tuple})


class Performer:
    """Runs calls to their end. Whatever happens, each gets one answer."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        loop: Loop,
        executors: Mapping[str, Any],
        invoke: Callable[[Callable[[], object]], None],
        submit: Callable[[Task], None],
        deadlines: Deadlines,
        dev: bool,
    ) -> None:
        self._loop = loop
        self._submit = submit
        self._executors = Executors(executors, invoke=invoke, done=self._done, failed=self._fail)
        for function in functions.values():
            self._executors.check(function)
        self._deadlines = deadlines
        self._dev = dev
        self._context = copy_context()
        self._holding: deque[Session] = deque()

    def close(self) -> None:
        """End the executors."""
        self._executors.close(_CLOSE_TIMEOUT_S)

    def limit(self, call: Call, asked_ms: float | None, limit_s: float | None) -> None:
        """Give a call its deadline: the earlier of what the page and the function say."""
        asked_s = None if asked_ms is None else asked_ms / 1000
        call.limit_s = min(s for s in (asked_s, limit_s) if s is not None)
        call.deadline = monotonic() + call.limit_s
        self._deadlines.add(call, self._time_out)

    def work_off(self, calls: deque[Call]) -> None:
        """Run calls of plain functions here, on a worker, until none is left.

        `settle` sends their answers. There may be thousands at once, so the usual way through is
        in this one loop, and what is not usual in functions of its own.
        """
        take, new_context, holding = calls.popleft, self._context.copy, self._holding
        unset = codec.UNSET
        while calls:
            try:
                call = take()
            except IndexError:  # another worker was quicker
                return
            if call.cancelled:
                continue
            function, message, session = call.function, call.message, call.session
            try:
                if message and message.bin is unset and message.uploads is unset:
                    arguments, keywords = function.arguments.decode(message.args)
                    call.message = None
                else:
                    arguments, keywords = self._decode(call)
                if keywords or function.is_generator:
                    self._work(call, arguments, keywords)
                    continue
                context = new_context()
                context.run(running.set, call)
                value = context.run(function.target, *arguments)
                many = type(value) in _LISTS and len(value) >= codec.FEWEST
                body = None if many else protocol.plain_result(call.id, value)
                if body is None:
                    self._done(call, value, holding)
                    continue
            except BaseException as error:  # noqa: BLE001 - SystemExit in a function, for one
                self._fail(call, error)
                continue
            if session.finish(call):
                session.hold(body, holding)
            if session.waiting > protocol.QUEUE_BYTES:
                self._wait_for_room(session)

    def settle(self) -> None:
        """Send the answers of what workers have run up to here."""
        holding = self._holding
        while holding:
            try:
                session = holding.popleft()
            except IndexError:  # another thread was quicker
                return
            session.release()
            self._wait_for_room(session)

    def _hand_over(self, call: Call) -> None:
        """Run a call where it belongs, which is not here. This is on a worker thread."""
        try:
            if call.cancelled:
                return
            where = call.function.executor
            if self._executors.runs_here(where):
                self._executors.run(where, lambda: self._perform_there(call))
                return
            arguments, keywords = self._decode(call)
            if where == "loop":
                self._loop.submit(lambda: self._begin(call, arguments, keywords))
            else:
                self._executors.submit(where, call, arguments, keywords)
        except BaseException as error:  # noqa: BLE001 - a call always ends, whatever happens
            self._fail(call, error)

    def elsewhere(self, call: Call) -> Handing:
        """The task for a call whose function does not run on a worker."""
        in_order = self._executors.runs_here(call.function.executor)
        return Handing(call, self._hand_over, in_order=in_order)

    def _perform_there(self, call: Call) -> None:
        """The same on the thread that the function belongs to."""
        try:
            if not call.cancelled:
                self._work(call, *self._decode(call))
        except BaseException as error:  # noqa: BLE001 - a call always ends, whatever happens
            self._fail(call, error)

    def _decode(self, call: Call) -> tuple[Sequence[Any], Mapping[str, Any]]:
        message = call.message
        if message is None:
            raise ProtocolError("the arguments of a call are decoded once")
        call.message = None
        if message.bin is codec.UNSET and message.uploads is codec.UNSET:
            return call.function.arguments.decode(message.args)
        tree = {"args": codec.decode(message.args)}
        if message.bin is not codec.UNSET:
            codec.place(tree, places(message.bin), call.parts)
        if message.uploads is not codec.UNSET:
            _offer(call, message.uploads, tree)
        call.parts = ()
        return call.function.arguments.convert(tree["args"])

    def _work(self, call: Call, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        """Call a plain function or generator on this thread, to its end."""
        if call.cancelled:
            return
        context = self._context.copy()
        context.run(running.set, call)
        try:
            value = context.run(call.function.target, *arguments, **keywords)
            if call.function.is_generator:
                stream = call.stream = SyncStream(
                    call, value, context, submit=self._resume, failed=self._fail
                )
                call.end_by(stream.stop)
                stream.run()
            else:
                self._done(call, value)
        except BaseException as error:  # noqa: BLE001 - SystemExit in a function, for one
            self._fail(call, error)

    def _resume(self, stream: SyncStream) -> None:
        """Go on with a generator, where it began."""
        where = stream.call.function.executor
        if where == "thread":
            self._submit(stream)
        elif where == "loop":
            self._loop.submit(stream.run)
        else:
            self._executors.run(where, stream.run)

    def _done(self, call: Call, value: Any, holding: deque[Session] | None = None) -> None:
        """Answer with a value; with `holding`, together with the answers that follow."""
        session = call.session
        if call.id not in session.calls:
            return
        if type(value) in _LISTS and self._in_pieces(call, value):
            return
        body, parts = protocol.plain_result(call.id, value), ()
        if body is None:
            try:
                encoded = codec.encode(value)
                body, parts = protocol.result(call.id, encoded), encoded.parts
            except (CallError, ProtocolError) as error:
                self._fail(call, error)
                return
        if holding is not None and not parts:
            if session.finish(call):
                session.hold(body, holding)
        else:
            session.settle(call, body, parts)
        self._wait_for_room(session)

    def _in_pieces(self, call: Call, given: list[Any] | tuple[Any, ...]) -> bool:
        """Answer with a long list piece by piece; False where it must go as a whole."""
        session, patient = call.session, may_wait()
        elements = given[:]  # others may change a list between two pieces
        try:
            count = codec.in_a_piece(elements)
            if count == 0:
                return False
            for start, piece in codec.pieces(elements, count):
                body = protocol.elements(call.id, start, piece)
                if session.calls.get(call.id) is not call:
                    return True  # it has ended meanwhile
                session.send(body)
                if patient and session.waiting > protocol.QUEUE_BYTES:
                    patient = session.wait_for_room()
        except CallError:
            return False  # there is binary in it, or what is refused with its place in the whole
        session.settle(call, protocol.listed(call.id, len(elements)))
        return True

    def _wait_for_room(self, session: Session) -> None:
        """Let whoever answers a page that does not read wait for it, where it may."""
        if session.waiting > protocol.QUEUE_BYTES and may_wait():
            session.wait_for_room()

    def _fail(self, call: Call, error: BaseException) -> None:
        """Answer with an error, unless the call has had its answer."""
        if call.id not in call.session.calls or call.cancelled:
            return
        body = describe(error, call.function.name, dev=self._dev)
        call.session.settle(call, protocol.error(call.id, body))

    def _time_out(self, call: Call) -> None:
        name, limit_s = call.function.name, call.limit_s or 0.0
        self.end(call, CallError(f"{name} took longer than {limit_s:g} s", code="timeout"))

    def end(self, call: Call, reason: CallError) -> None:
        """End a call before its time: its caller is answered, its work told to stop."""
        body = {"name": "CallError", "code": reason.code, "message": str(reason)}
        if call.session.settle(call, protocol.error(call.id, body)):
            self.stop(call)

    def stop(self, call: Call) -> None:
        """Tell the work of a call that nobody waits for it any more."""
        call.cancelled = True
        stop = call.stop
        if stop is not None:
            stop()

    # --- on the loop --------------------------------------------------------------------------

    def _begin(self, call: Call, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        """Start the task of an asynchronous call. This is on the loop's thread."""
        if call.cancelled:
            return
        context = self._context.copy()
        context.run(running.set, call)
        coroutine = self._run_async(call, arguments, keywords)
        task = context.run(self._loop.loop.create_task, coroutine)
        call.end_by(lambda: self._loop.cancel(task))

    async def _run_async(
        self, call: Call, arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> None:
        try:
            target = call.function.target
            if not call.function.is_async:  # def, asked to run on the loop
                self._work(call, arguments, keywords)
            elif call.function.is_generator:
                stream = AsyncStream(call, target(*arguments, **keywords), self._loop)
                call.stream = stream
                await stream.run()
            else:
                self._done(call, await target(*arguments, **keywords))
        except BaseException as error:
            if _is_cancellation(error):
                self.end(call, CallError("the function was cancelled", code="cancelled"))
                raise
            self._fail(call, error)


def places(found: Iterable[codec.Record]) -> list[dict[str, Any]]:
    """Places of binary as `codec.place` takes them."""
    return [codec.fields(place) for place in found]


def arrive(upload: Upload, piece: protocol.Piece, parts: Sequence[bytes | memoryview]) -> None:
    """Give a piece of an upload to whoever reads it.

    Raises:
        ProtocolError: it is not what was asked for.
    """
    tree: dict[str, Any] = {"data": piece.data}
    if piece.bin is not codec.UNSET:
        codec.place(tree, places(piece.bin), parts, forward=True)
    part = tree["data"]
    upload.arrived(
        piece.offset, part.data if isinstance(part, codec.TypedPart) else None, piece.error
    )


def _offer(call: Call, offers: Sequence[protocol.Offer], tree: object) -> None:
    """Put uploads where they stand among the arguments."""
    session = call.session
    known: list[int] = []
    call.uploads = known
    for offer in offers:
        identity = offer.upload
        if identity in session.uploads:
            raise ProtocolError(f"the upload {identity} is known already")

        def pull(offset: int, size: int, identity: int = identity) -> None:
            session.send(protocol.pull(identity, offset, size))

        upload = Upload(offer.name, offer.type, offer.size, pull)
        session.uploads[identity] = upload
        known.append(identity)
        codec.put(tree, offer.at, upload)
    if session.calls.get(call.id) is not call:  # it has ended meanwhile
        session.end_uploads(call)


def _is_cancellation(error: BaseException) -> bool:
    import asyncio

    return isinstance(error, (asyncio.CancelledError, GeneratorExit))
