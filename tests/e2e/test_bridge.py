"""The bridge in a real window: calls, events, streams, state and binary."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
import asyncio, time
from dataclasses import dataclass, field

@dataclass
class Note:
    title: str
    done: bool = False

@dataclass
class Notes:
    count: int = 0
    items: list[Note] = field(default_factory=list)

app = App("Test", state=Notes, frontend="page", ephemeral=True)

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose
async def later(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "later"

@app.expose
def block(seconds: float) -> str:
    time.sleep(seconds)
    return "blocked"

@app.expose
def fail() -> None:
    raise ValueError("boom")

@app.expose
def unsendable() -> object:
    return object()

@app.expose
def rows(count: int) -> list:
    return [{"id": number, "name": f"row {number} ä", "half": number / 2, "text": "x" * 80}
            for number in range(count)]

@app.expose
def spoilt_rows() -> list:
    return [*rows(20_000), {"id": object()}]

@app.expose
def rows_with_bytes() -> list:
    return [*rows(20_000), 1, b"at the end"]

@app.expose
def count(to: int):
    yield from range(to)

@app.expose
async def forever():
    number = 0
    try:
        while True:
            yield number
            number += 1
    finally:
        app.emit("closed", number)

@app.expose
def twice(data: bytes) -> bytes:
    return bytes(data) * 2

@app.expose
def same(value: object) -> object:
    return value

@app.expose
def pieces(count: int) -> list:
    return [b"x"] * count

@app.on("sent")
def sent(event) -> None:
    app.emit("back", event.data)

@app.expose
def steps() -> str:
    for step in range(3):
        pytron.current().progress(step + 1, 3)
    return pytron.current().window.label

@app.expose
def shout(times: int) -> None:
    for number in range(times):
        app.emit("number", number)

@app.expose
def push(title: str) -> int:
    with app.transaction():
        app.state.items.append(Note(title))
        app.state.count += 1
    return app.state.count

@app.expose
def seen() -> list:
    return [app.state.count, len(app.state.items)]
"""


def test_calls_answer_with_results_and_coded_errors(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    await report(await pytron.add(1, 2));
    await report(await pytron.call("add", { a: 4, b: 5 }));
    await report(await pytron.later(0.01));
    for (const bad of [pytron.fail(), pytron.nothing(), pytron.add(1), pytron.add(1, "2"), pytron.unsendable()])
      await report((await failure(bad)).code); // workers may overtake each other
    """
    expected = [3, 9, "later"]
    codes = ["exception", "unknown_function", "invalid_arguments", "invalid_arguments"]
    assert run_app(page, PYTHON).reports == [*expected, *codes, "encode_failed"]


def test_a_slow_function_holds_up_neither_calls_nor_the_window(run_app: RunApp) -> None:
    page = """
    let done = false;
    const slow = Promise.all([...Array(8)].map(() => pytron.block(0.5))).then(() => { done = true; });
    const answer = await pytron.add(20, 22);
    report([answer, done]);
    await slow;
    """
    assert run_app(page, PYTHON).reports == [[42, False]]


def test_five_thousand_calls_at_once_are_all_answered(run_app: RunApp) -> None:
    page = """
    const sums = await Promise.all([...Array(5000)].map((_, i) => pytron.add(i, 1)));
    report(sums.every((sum, i) => sum === i + 1));
    """
    assert run_app(page, PYTHON).reports == [True]


def test_long_lists_arrive_whole_or_not_at_all(run_app: RunApp) -> None:
    page = """
    const fits = (row, n) => row.id === n && row.name === `row ${n} ä` && row.half === n / 2;
    const lists = await Promise.all([50_000, 3, 100_000].map((count) => pytron.rows(count)));
    report(lists.map((list) => [list.length, list.every(fits)]));
    const spoilt = await failure(pytron.spoilt_rows());
    report([spoilt.code, spoilt.message.includes("value[20000].id")]);
    const mixed = await pytron.rows_with_bytes();
    report([mixed.length, mixed[19_999].id, mixed[20_001].byteLength]);
    const controller = new AbortController();
    const aborted = withOptions({ signal: controller.signal }).rows(200_000);
    await pytron.add(1, 2);
    controller.abort(new Error("enough"));
    report([(await failure(aborted))?.message ?? "enough", (await pytron.rows(30_000)).every(fits)]);
    """
    assert run_app(page, PYTHON).reports == [
        [[50_000, True], [3, True], [100_000, True]],
        ["encode_failed", True],
        [20_002, 19_999, 10],
        ["enough", True],
    ]


def test_streams_end_and_close(run_app: RunApp) -> None:
    page = """
    let sum = 0;
    for await (const number of pytron.count(1000)) sum += number;
    report(sum);
    const closed = event("closed");
    for await (const number of pytron.forever()) if (number === 200) break;
    report((await closed) > 200);
    report((await failure(pytron.count(3))).code);
    """
    assert run_app(page, PYTHON).reports == [499500, True, "is_stream"]


def test_binary_goes_both_ways_unchanged(run_app: RunApp) -> None:
    page = """
    const sent = new Uint8Array(1_000_000).map((_, i) => i % 251);
    const back = await pytron.twice(sent);
    const got = new Uint8Array(back);
    report([back instanceof ArrayBuffer, got.length, got.every((byte, i) => byte === (i % 1_000_000) % 251)]);
    const part = await pytron.twice(sent.subarray(10, 14));
    report([...new Uint8Array(part)]);
    """
    expected = [[True, 2_000_000, True], [10, 11, 12, 13, 10, 11, 12, 13]]
    assert run_app(page, PYTHON).reports == expected


def test_arrays_of_every_type_stand_anywhere_and_keep_type_and_shape(run_app: RunApp) -> None:
    page = """
    const numbers = [Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
    const sent = {
      numbers: numbers.map((Kind) => ({ of: Kind.from([1, 2, 250, 3.5]) })),
      large: [[new Float64Array(100_000).map((_, i) => i / 3)], BigInt64Array.of(-1n, 2n ** 62n)],
      unsigned: BigUint64Array.of(2n ** 64n - 1n),
      shaped: Object.assign(Int16Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] }),
      bytes: [new ArrayBuffer(3), new Uint8Array(0), new DataView(new ArrayBuffer(8), 2, 4)],
      plain: "text",
    };
    const octets = (value) => value instanceof ArrayBuffer ? new Uint8Array(value)
      : ["DataView", "Uint8Array", "Uint8ClampedArray"].includes(value?.constructor.name)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
    const told = (value) => {
      const bytes = octets(value); // which Python gives back as an ArrayBuffer, however they came
      if (bytes) return ["bytes", bytes.join()];
      if (ArrayBuffer.isView(value))
        return [value.constructor.name, value.shape ?? null, Array.from(value, String).join()];
      if (Array.isArray(value)) return value.map(told);
      return typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, told(item)])) : value;
    };
    const before = JSON.stringify(told(sent));
    report(JSON.stringify(told(await pytron.same(sent))) === before);
    const back = event("back");
    pytron.emit("sent", sent);
    report(JSON.stringify(told(await back)) === before);
    report(JSON.stringify(told(sent)) === before);
    """
    assert run_app(page, PYTHON).reports == [True, True, True]


def test_as_many_pieces_of_binary_as_allowed_arrive_and_more_are_an_error(run_app: RunApp) -> None:
    page = """
    const many = (count) => Array.from({ length: count }, (_, n) => Int8Array.of(n % 100));
    const back = await pytron.same(many(1024));
    report([back.length, back.every((part, n) => part[0] === n % 100)]);
    report((await failure(pytron.same(many(1025)))).code);
    report((await failure(pytron.pieces(1025))).code);
    report((await pytron.pieces(1024)).length);
    """
    assert run_app(page, PYTHON).reports == [[1024, True], "too_large", "too_large", 1024]


def test_large_binary_arrives_whole(run_app: RunApp) -> None:
    page = """
    const sent = new Uint8Array(32 << 20);
    sent[sent.length - 1] = 7;
    const got = new Uint8Array(await pytron.twice(sent));
    report([got.length, got[(32 << 20) - 1], got[got.length - 1]]);
    """
    assert run_app(page, PYTHON).reports == [[64 << 20, 7, 7]]


def test_a_large_result_can_be_transferred(run_app: RunApp) -> None:
    page = """
    const back = await pytron.twice(new Uint8Array(5_000_000).fill(7));
    const moved = structuredClone(back, { transfer: [back] });
    report([back.byteLength, moved.byteLength, new Uint8Array(moved).every((byte) => byte === 7)]);
    """
    assert run_app(page, PYTHON).reports == [[0, 10_000_000, True]]


def test_progress_comes_before_the_result(run_app: RunApp) -> None:
    page = """
    const seen = [];
    const label = await withOptions({ onProgress: (value) => seen.push(value) }).steps();
    report([seen, label]);
    """
    assert run_app(page, PYTHON).reports == [[[1, 2, 3], "main"]]


def test_ten_thousand_events_arrive_in_order(run_app: RunApp) -> None:
    page = """
    const numbers = [];
    pytron.on("number", (number) => numbers.push(number));
    await pytron.shout(10000);
    report([numbers.length, numbers.every((number, i) => number === i)]);
    """
    assert run_app(page, PYTHON).reports == [[10000, True]]


def test_state_goes_both_ways(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    report(await pytron.push("first"));
    report(pytron.state.items.map((item) => item.title));
    pytron.state.items[0].done = true;
    pytron.state.count = 7;
    report(await pytron.seen());
    await pytron.update((state) => { state.count += 1; });
    report(await pytron.seen());
    """
    assert run_app(page, PYTHON).reports == [1, ["first"], [7, 1], [8, 1]]


def test_a_misspelt_path_or_event_is_told_to_the_page(run_app: RunApp) -> None:
    python = PYTHON + 'app.event("finished", int)\n'
    page = """
    const told = new Promise((done) => {
      const seen = [];
      addEventListener("error", (event) => {
        event.preventDefault();
        if (seen.push(event.error.message) === 2) done(seen);
      });
    });
    pytron.subscribe("items.0.dnoe", () => {});
    pytron.subscribe("items.0.done", () => {});
    pytron.on("finishde", () => {});
    pytron.on("finished", () => {});
    for (const said of (await told).sort()) report(said);
    """
    run = run_app(page, python)
    path, event = run.reports
    assert path.startswith("'items.0.dnoe' leads nowhere: Note has no field 'dnoe', did you mean")
    assert run.log.count("leads nowhere") == 1
    assert event == "no event 'finishde' is declared: did you mean 'finished'?"


def test_a_reload_replays_state_and_drops_what_was_pending(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    if (pytron.state.count === 0) {
      await pytron.push("kept");
      void pytron.block(0.3).then(() => report("an old answer came"));
      location.reload();
      await new Promise(() => {});
    }
    report([pytron.state.count, pytron.state.items[0].title]);
    report(await pytron.block(0.5));
    """
    assert run_app(page, PYTHON).reports == [[1, "kept"], "blocked"]


def test_a_page_that_retries_for_ever_can_still_be_reloaded(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    if (pytron.state.count === 0) {
      await pytron.push("kept");
      const retry = async (attempt) => { for (;;) try { await attempt(); } catch {} };
      void retry(() => pytron.fail());
      void retry(() => pytron.update((state) => { state.count += 1; }));
      addEventListener("pagehide", () => void retry(() => pytron.add(1, 2)));
      location.reload();
      await new Promise(() => {});
    }
    report(pytron.state.items.length);
    """
    assert run_app(page, PYTHON).reports == [1]


def test_an_aborted_call_rejects_at_once_with_the_reason(run_app: RunApp) -> None:
    page = """
    const controller = new AbortController();
    const call = withOptions({ signal: controller.signal }).later(30);
    controller.abort(new Error("changed my mind"));
    report((await failure(call)).message);
    report((await failure(withOptions({ timeoutMs: 50 }).later(30))).code);
    """
    assert run_app(page, PYTHON).reports == ["changed my mind", "timeout"]
