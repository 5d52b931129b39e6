// Checked by the compiler only: each @ts-expect-error is a test that the line below it is refused.
import pytron, { api } from "pytron-client";
import type {
  Author,
  BoxInput,
  Circle,
  Colour,
  DateTime,
  ErrorCode,
  NdArray,
  OtherTypesNote,
  Page,
  SampleTypesNote,
  SampleTypesNoteInput,
  Size,
  Square,
  Tree,
} from "./pytron.js";

export async function plain(): Promise<void> {
  const nothing: void = await pytron.ping();
  const sum: number = await pytron.add(1);
  const more: number = await api.add(1, sum);
  const text: string = await pytron.shout("a", null);
  const word: string | null = await pytron.first(["a"] as const);
  const any: { whatever: 1 } = await pytron.untyped({ a: [1] });
  void [nothing, more, text, word, any];

  // @ts-expect-error text where a number is wanted
  await pytron.add("1");
  // @ts-expect-error too many arguments
  await pytron.add(1, 2, 3);
  // @ts-expect-error too few
  await pytron.add();
  // @ts-expect-error null where only a number may stand
  await pytron.add(1, null);
  // @ts-expect-error a result that may be null
  const sure: string = await pytron.first([]);
  // @ts-expect-error nothing is known of an object
  (await pytron.something(1)).length;
  // @ts-expect-error an unknown function
  await pytron.subtract(1, 2);
  void sure;
}

export async function choices(): Promise<void> {
  const colour: Colour = await pytron.opposite("red");
  const rank: 1 | 2 = await pytron.rank(1);
  const level: "low" | "high" | 3 | true | null = await pytron.level(3);
  const at: DateTime = await pytron.later(new Date(), "PT1H");
  await pytron.later(at, "PT1H");
  await pytron.perhaps();
  await pytron.perhaps(null);
  void [colour, rank, level];

  // @ts-expect-error no such colour
  await pytron.opposite("blue");
  // @ts-expect-error no such rank
  await pytron.rank(3);
  // @ts-expect-error a day is no point in time
  await pytron.next_day(new Date());
  // @ts-expect-error true comes back, but may not be given
  await pytron.level(true);
}

export async function containers(): Promise<void> {
  const numbers: number[] = await pytron.sorted_set([3, 1, 3]);
  const [label, count] = await pytron.swap([1, "a"]);
  const amount: number | undefined = (await pytron.by_colour({ red: 1 })).red;
  const byNumber: string | undefined = (await pytron.by_number({ 1: "a" }))[1];
  const deep = (await pytron.nested([[1, null]]))[0]?.row?.[1];
  void [numbers, label.trim(), count.toFixed(), amount, byNumber, deep?.join()];

  // @ts-expect-error an array of something else
  await pytron.sorted_set(["a"]);
  // @ts-expect-error the wrong way round
  await pytron.swap(["a", 1]);
  // @ts-expect-error no colour
  await pytron.by_colour({ blue: 1 });
  // @ts-expect-error may be missing
  (await pytron.by_colour({})).red.toFixed();
}

export async function records(): Promise<void> {
  const given: SampleTypesNoteInput = { id: 1, title: "a", created: new Date() };
  const note: SampleTypesNote = await pytron.notes.save(given);
  await pytron.notes.save(note);
  const tags: string[] = note.tags;
  const parent: SampleTypesNote | null | undefined = note.parent?.parent;
  const page: Page<SampleTypesNote> = await pytron.page_of([given]);
  const found = await pytron.notes.find("x");
  const query: string = found.query + found.items[0]?.title;
  const tree: Tree<number> = await pytron.tree({ value: { x: 1, y: 2 } });
  const sound: OtherTypesNote = await pytron.notes.sounds.play({ pitch: 1 });
  const size: Size = await pytron.size([1]);
  const box: BoxInput<number[]> = { content: [1] };
  const content: number = (await pytron.box(box)).content;
  const author: Author = await pytron.author({ fullName: "A B" });
  const shape: Circle | Square | undefined = (await pytron.shape({ type: "square", side: 1 }))[0];
  if (shape?.type === "circle") shape.borderWidth.toFixed();
  void [tags, parent, page.more, query, tree.children[0]?.value, sound, size, content];
  void author.initial.trim();
  const sparse: number | undefined = (await pytron.sparse({ id: 1 })).count;
  const book = await pytron.book({ bookTitle: "a", secret: "b", price: "1.5" });
  void [sparse, book.price.toFixed(), (await pytron.car({ wheels: 4 })).owner];

  // @ts-expect-error a field is missing
  await pytron.notes.save({ id: 1, title: "a" });
  // @ts-expect-error an unknown field
  await pytron.notes.save({ id: 1, title: "a", created: new Date(), colur: "red" });
  // @ts-expect-error a note of the other module
  await pytron.notes.save({ pitch: 1 });
  // @ts-expect-error the name that Python uses is not the one that it accepts
  await pytron.author({ full_name: "A" });
  // @ts-expect-error the tag is of another shape
  await pytron.shape({ type: "circle", side: 1 });
  // @ts-expect-error may have been left out
  (await pytron.sparse({ id: 1 })).count.toFixed();
  // @ts-expect-error never sent
  void book.secret;
}

export async function binary(): Promise<void> {
  const bytes: ArrayBuffer = await pytron.reverse(new Uint8Array([1, 2]));
  await pytron.reverse(bytes);
  await pytron.reverse(new DataView(bytes));
  const values: NdArray<Float32Array> = await pytron.normalise(new Float32Array(2));
  const shape: readonly number[] | undefined = values.shape;
  await pytron.normalise([1, 2]);
  await pytron.normalise([[1], [2]]);
  const mask: Uint8Array = await pytron.threshold(new Float64Array(1), 0.5);
  const large: BigInt64Array = await pytron.large(new BigInt64Array(1));
  const pixels: ArrayBuffer = (
    await pytron.picture({ name: "a", pixels: mask, thumbnails: { a: bytes } })
  ).pixels;
  void [shape, large, pixels];

  const size: number = await pytron.keep(new File(["a"], "a.txt"), [new Blob()], null);
  void size;

  // @ts-expect-error not a file
  await pytron.keep(bytes);
  // @ts-expect-error not bytes
  await pytron.reverse("abc");
  // @ts-expect-error other numbers
  await pytron.normalise(new Float64Array(2));
  // @ts-expect-error no numbers
  await pytron.normalise(["a"]);
}

export async function streams(): Promise<void> {
  for await (const number of pytron.count_to(3)) number.toFixed();
  for await (const note of pytron.tail("a", true)) note.title.trim();
  for await (const chunk of pytron.chunks(new ArrayBuffer(4))) chunk.byteLength.toFixed();

  // @ts-expect-error not a stream
  for await (const number of pytron.add(1)) void number;
  // @ts-expect-error a stream has no single result
  (await pytron.count_to(3)).toFixed();
}

export async function byName(): Promise<void> {
  const sum: number = await pytron.call("add", { a: 1 });
  const note: SampleTypesNote = await pytron.call("notes.merge", { first: 1, second: 2 });
  await pytron.call("notes.find", { text: "a", limit: 3, colour: null }, { timeoutMs: 5 });
  await pytron.call("notes.find", ["a"]);
  await pytron.call("words", { function: "a", default: 2, new: true });
  await pytron.sum_of(1, 2, 3);
  await pytron.joined("-", "a", 1);
  await pytron.journal.write("a");
  void [sum, note];

  // @ts-expect-error takes its arguments by name only
  await pytron.notes.merge(1, 2);
  // @ts-expect-error an argument is missing
  await pytron.call("notes.merge", { first: 1 });
  // @ts-expect-error an unknown argument
  await pytron.call("add", { a: 1, c: 2 });
  // @ts-expect-error can only be given by name
  await pytron.notes.find("a", 3);
  // @ts-expect-error not marked
  await pytron.journal.hidden();
}

export async function eventsAndState(): Promise<void> {
  pytron.on("note.saved", (note) => note.title.trim());
  pytron.on("moved", (place) => place?.x.toFixed());
  pytron.emit("counted", 3);
  pytron.emit("closed", null);
  pytron.state.count += 1;
  pytron.state.place.x = 3;
  await pytron.update((state) => {
    state.notes.length = 0;
  });
  const code: ErrorCode = "note_missing";
  void code;

  // @ts-expect-error data of another type
  pytron.emit("counted", "3");
  // @ts-expect-error an event that is not declared
  pytron.on("lost", () => {});
  // @ts-expect-error a field of another type
  pytron.state.count = "1";
  // @ts-expect-error no such code
  const wrong: ErrorCode = "note_lost";
  void wrong;
}
