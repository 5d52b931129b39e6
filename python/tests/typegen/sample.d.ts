// Written by `pytron types` from the Python of Sample: run it again instead of changing this file.
/* eslint-disable */
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

import "pytron-client";

/** A point in time as RFC 3339 has it: "2024-05-01T12:00:00Z". */
export type DateTime = string;

/** A day: "2024-05-01". */
export type DateOnly = string;

/** A time of day: "12:00:00". */
export type TimeOnly = string;

/** A length of time as ISO 8601 has it: "PT1H30M". */
export type Duration = string;

/** A UUID: "123e4567-e89b-12d3-a456-426614174000". */
export type Uuid = string;

/** A decimal number, exactly: "12.30". */
export type DecimalText = string;

/** A path of a file or folder on the machine that Python runs on. */
export type FilePath = string;

/** An array of numbers of any type. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * An array of NumPy. One of more than one dimension has a `shape`; its rows stand one after the other.
 */
export type NdArray<T> = T & { readonly shape?: readonly number[] };

/** Numbers that become an array of NumPy; nested for more dimensions. */
export type Numbers = readonly (number | Numbers)[];

export interface Address {
  street: string;
  city?: string;
}

/** Of pydantic, with another name for pages to send. */
export interface Author {
  /** First and last. Length at least 1. */
  full_name: string;
  born: DateOnly | null;
  portrait: ArrayBuffer;
  /** The first letter. */
  initial: string;
  [key: string]: unknown;
}

/**
 * Of pydantic, with another name for pages to send.
 *
 * As Python accepts it.
 */
export interface AuthorInput {
  /** First and last. Length at least 1. */
  fullName: string;
  born?: DateOnly | null;
  portrait?: ArrayBuffer | ArrayBufferView;
  [key: string]: unknown;
}

export interface Book {
  bookTitle: string;
  authors: Author[];
  /** At least 1. */
  pages: number;
  price: number;
}

/** As Python accepts it. */
export interface BookInput {
  bookTitle: string;
  authors?: readonly AuthorInput[];
  /** At least 1. Default: `1`. */
  pages?: number;
  secret?: string;
  /** Default: `"0"`. */
  price?: DecimalText;
}

export interface Box<T> {
  content: T;
  label: string | null;
}

/** As Python accepts it. */
export interface BoxInput<T> {
  content: T;
  label?: string | null;
}

/** Of attrs; what begins with an underscore stays in Python. */
export interface Car {
  wheels: number;
  owner: string;
  parts: string[];
}

/**
 * Of attrs; what begins with an underscore stays in Python.
 *
 * As Python accepts it.
 */
export interface CarInput {
  wheels: number;
  /** Default: `"nobody"`. */
  owner?: string;
  parts?: readonly string[];
}

/** A shape, told apart by its tag. */
export interface Circle {
  type: "circle";
  borderWidth: number;
  radius: number;
}

/**
 * A shape, told apart by its tag.
 *
 * As Python accepts it.
 */
export interface CircleInput {
  type: "circle";
  borderWidth: number;
  /** Default: `1`. */
  radius?: number;
}

/** A colour of a label. */
export type Colour = "red" | "dark green";

/** Has no fields. */
export type Empty = Record<string, never>;

/** Of all containers one. */
export interface Everything {
  texts: string[];
  by_name: { [key: string]: Point };
  by_number: { [key: number]: string };
  by_colour: Partial<Record<Colour, number>>;
  by_day: { [key: string]: number };
  kinds: string[];
  fixed: number[];
  pair: [number, string];
  many: number[];
  level: "low" | "high" | 3;
  maybe: number | string | null;
  anything: any;
  something: unknown;
  /** A part of the whole. At least 0, at most 1. */
  ratio: number;
}

/**
 * Of all containers one.
 *
 * As Python accepts it.
 */
export interface EverythingInput {
  texts: readonly string[];
  by_name: { [key: string]: Point };
  by_number: { [key: number]: string };
  by_colour: Partial<Record<Colour, number>>;
  by_day: { [key: string]: number };
  kinds: readonly string[];
  fixed: readonly number[];
  pair: readonly [number, string];
  many: readonly number[];
  level: "low" | "high" | 3;
  maybe: number | string | null;
  anything: any;
  something: unknown;
  /** A part of the whole. At least 0, at most 1. Default: `0.5`. */
  ratio?: number;
}

/** Arrays of NumPy inside a record. */
export interface Measured {
  values: NdArray<Float32Array>;
  mask: NdArray<Uint8Array> | null;
}

/**
 * Arrays of NumPy inside a record.
 *
 * As Python accepts it.
 */
export interface MeasuredInput {
  values: NdArray<Float32Array> | Numbers;
  mask?: NdArray<Uint8Array> | Uint8ClampedArray | Numbers | null;
}

export interface Moments {
  at: DateTime;
  day: DateOnly;
  hour: TimeOnly;
  length: Duration;
  id: Uuid;
  price: DecimalText;
  file: FilePath;
}

/** A page whose items are known. */
export interface Notes {
  items: SampleTypesNote[];
  more: number;
  query: string;
}

/** All of it may be missing. */
export interface Options {
  /** More than 0. */
  depth?: number;
  follow?: boolean;
}

/** Another note: a sound. */
export interface OtherTypesNote {
  pitch: number;
}

/** Some of many. */
export interface Page<T> {
  /** those of this page. */
  items: T[];
  /** how many come after it. */
  more: number;
}

/**
 * Some of many.
 *
 * As Python accepts it.
 */
export interface PageInput<T> {
  /** those of this page. */
  items: readonly T[];
  /** how many come after it. Default: `0`. */
  more?: number;
}

export interface Picture {
  name: string;
  pixels: ArrayBuffer;
  thumbnails: { [key: string]: ArrayBuffer };
}

/** As Python accepts it. */
export interface PictureInput {
  name: string;
  pixels: ArrayBuffer | ArrayBufferView;
  thumbnails: { [key: string]: ArrayBuffer | ArrayBufferView };
}

/** A place. Nothing of it has a default, so both directions are the same. */
export interface Point {
  x: number;
  y: number;
}

/** 1 is FIRST, 2 is SECOND. */
export type Rank = 1 | 2;

/** Generic in pydantic's way. */
export interface Result<T> {
  value: T;
  ok: boolean;
}

/**
 * Generic in pydantic's way.
 *
 * As Python accepts it.
 */
export interface ResultInput<T> {
  value: T;
  /** Default: `true`. */
  ok?: boolean;
}

/** 1 is READ, 2 is WRITE; their sum is several of them. */
export type Rights = number;

/** Travels as an array. */
export type Row = [key: string, value: number];

/**
 * Travels as an array.
 *
 * As Python accepts it.
 */
export type RowInput = [key: string, value?: number];

/** A note as it is kept. */
export interface SampleTypesNote {
  id: UserId;
  /** what the list shows; closes no comment: *\/ */
  title: string;
  created: DateTime;
  colour: Colour;
  tags: string[];
  parent: SampleTypesNote | null;
  /** from 0 to 5. At least 0, at most 5. */
  rating: number;
  checked: boolean;
}

/**
 * A note as it is kept.
 *
 * As Python accepts it.
 */
export interface SampleTypesNoteInput {
  id: UserId;
  /** what the list shows; closes no comment: *\/ */
  title: string;
  created: DateTime | Date;
  /** Default: `"red"`. */
  colour?: Colour;
  tags?: readonly string[];
  parent?: SampleTypesNoteInput | null;
  /** from 0 to 5. At least 0, at most 5. Default: `0`. */
  rating?: number;
  /** Default: `false`. */
  checked?: boolean;
}

/** A model that is a list; the name is one that the written file has as well. */
export type SampleTypesNumbers = number[];

/** The name is one that the client has as well. */
export interface SampleTypesState {
  on: boolean;
}

/** Width and height. */
export type Size = [width: number, height: number];

/**
 * Width and height.
 *
 * As Python accepts it.
 */
export type SizeInput = [width: number, height?: number];

/** Leaves out what has its default. */
export interface Sparse {
  id: number;
  count?: number;
  note?: string;
}

export interface Square {
  type: "square";
  side: number;
}

export interface Tree<T> {
  value: T;
  children: Tree<T>[];
}

/** As Python accepts it. */
export interface TreeInput<T> {
  value: T;
  children?: readonly TreeInput<T>[];
}

export type UserId = number;

/** What `code` of a PytronError may be: the app's own errors first. */
export type ErrorCode =
  | "note_missing"
  | "refused"
  | "backpressure"
  | "busy"
  | "cancelled"
  | "closed"
  | "conflict"
  | "disconnected"
  | "encode_failed"
  | "exception"
  | "invalid_arguments"
  | "invalid_change"
  | "is_stream"
  | "no_backend"
  | "not_allowed"
  | "not_stream"
  | "protocol"
  | "restarted"
  | "timeout"
  | "too_deep"
  | "too_large"
  | "unknown_function"
  | "unreadable"
  | "unsupported"
  | "version"
  | "worker_died";

declare module "pytron-client" {
  interface Functions {
    /**
     * Adds two numbers.
     *
     * What `{braces}` and \<tags\> say here stays as it is: \{x\}, \@y, *\/.
     *
     * @param a - the first one.
     * @param b - the second one, over two lines. Default: `2`.
     * @returns The sum of `a` and `b`.
     * @throws `refused` (Refused): they are too large.
     * @throws `exception` (ValueError): never.
     * @throws `note_missing` (Missing): neither.
     */
    add(a: number, b?: number): Promise<number>;
    address(address: Address): Promise<Address>;
    any_array(values: NdArray<TypedArray> | Uint8ClampedArray | Numbers): Promise<NdArray<TypedArray>>;
    anything(value: any): Promise<any>;
    author(author: AuthorInput): Promise<Author>;
    bare(values: readonly any[], names: { [key: string]: any }): Promise<any[]>;
    book(book: BookInput): Promise<Book>;
    box(box: BoxInput<readonly number[]>): Promise<Box<number>>;
    by_colour(amounts: Partial<Record<Colour, number>>): Promise<Partial<Record<Colour, number>>>;
    by_day(amounts: { [key: string]: number }): Promise<{ [key: string]: number }>;
    by_number(texts: { [key: number]: string }): Promise<{ [key: number]: string }>;
    car(car: CarInput): Promise<Car>;
    /** @param size - Default: `2`. */
    chunks(data: ArrayBuffer | ArrayBufferView, size?: number): AsyncIterable<ArrayBuffer>;
    /**
     * Counts.
     *
     * @param limit - where it ends.
     * @returns Every number from 1.
     */
    count_to(limit: number): AsyncIterable<number>;
    counter(text: string): Promise<{ [key: string]: number }>;
    doubled(price: DecimalText): Promise<DecimalText>;
    either(value: number | string | null): Promise<number | string | null>;
    everything(everything: EverythingInput): Promise<Everything>;
    extras(x: number): Promise<number>;
    /**
     * Raises always.
     *
     * @throws `refused` (Refused): always.
     */
    fail(): Promise<never>;
    filled(data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
    first(words: readonly string[]): Promise<string | null>;
    group: {
      announce(size: SizeInput): Promise<void>;
    };
    half(value: number): Promise<number>;
    invert(value: boolean): Promise<boolean>;
    joined(separator: string, ...parts: (number | string)[]): Promise<string>;
    journal: {
      /** Adds a line. */
      write(line: string): Promise<number>;
    };
    keep(file: Blob, others?: readonly Blob[], mark?: Blob | null): Promise<number>;
    large(values: NdArray<BigInt64Array> | Numbers): Promise<NdArray<BigInt64Array>>;
    lasts(length: Duration): Promise<Duration>;
    later(at: DateTime | Date, by: Duration): Promise<DateTime>;
    lengths(texts: { [key: string]: readonly string[] }): Promise<{ [key: string]: number }>;
    level(level: "low" | "high" | 3): Promise<"low" | "high" | 3 | true | null>;
    /**
     * @param count - At least 1, less than 10, a multiple of 2.
     * @param names - Length at most 3.
     */
    limited(count: number, names: readonly string[]): Promise<number>;
    many(values: readonly number[]): Promise<number[]>;
    measured(measured: MeasuredInput): Promise<Measured>;
    middle(a: Point, b: Point): Promise<Point>;
    moments(): Promise<Moments>;
    names(names: readonly string[]): Promise<string[]>;
    nested(rows: readonly (readonly (number | null)[])[]): Promise<{ [key: string]: [number, string[]] }[]>;
    next_day(day: DateOnly): Promise<DateOnly>;
    noon(hour: TimeOnly): Promise<TimeOnly>;
    normalise(values: NdArray<Float32Array> | Numbers): Promise<NdArray<Float32Array>>;
    notes: {
      /**
       * By name only, with `pytron.call("notes.find", { … })`:
       *
       * - `limit`: Default: `10`.
       * - `colour`
       */
      find(text: string): Promise<Notes>;
      /**
       * Makes one of two.
       *
       * By name only, with `pytron.call("notes.merge", { … })`:
       *
       * - `first`
       * - `second`
       */
      merge(...args: never): Promise<SampleTypesNote>;
      /**
       * Keeps a note.
       *
       * @param note - the note, whole.
       * @throws `note_missing` (Missing): its parent is not there.
       */
      save(note: SampleTypesNoteInput): Promise<SampleTypesNote>;
      sounds: {
        play(sound: OtherTypesNote): Promise<OtherTypesNote>;
      };
    };
    nothing(empty: Empty): Promise<Empty>;
    nothing_in_it(): Promise<[]>;
    numbers(numbers: SampleTypesNumbers): Promise<SampleTypesNumbers>;
    /** The other colour. */
    opposite(colour: Colour): Promise<Colour>;
    options(options: Options): Promise<Options>;
    ordered(): Promise<{ [key: string]: number }>;
    page_again(page: PageInput<number>): Promise<Page<string>>;
    page_of(notes: readonly SampleTypesNoteInput[]): Promise<Page<SampleTypesNote>>;
    parent_folder(path: FilePath): Promise<FilePath>;
    perhaps(value?: Point | null): Promise<Point | null>;
    picture(picture: PictureInput): Promise<Picture>;
    /** Gives nothing. */
    ping(): Promise<void>;
    /** @param y - Default: `0`. */
    placed(x: number, y?: number): Promise<[number, number]>;
    plain_array(): Promise<NdArray<TypedArray>>;
    rank(rank: Rank): Promise<Rank>;
    result(result: ResultInput<number>): Promise<Result<Point>>;
    reverse(data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
    rights(rights: Rights): Promise<Rights>;
    row(row: RowInput): Promise<Row>;
    same_id(id: Uuid): Promise<Uuid>;
    scalar(): Promise<number>;
    /**
     * @param value - A part of the whole. At least 0, at most 1.
     * @param slug - Length at least 1, length at most 20, matches `^[a-z-]+$`. Default: `"a-b"`.
     */
    scale(value: number, slug?: string): Promise<number>;
    shape(shape: CircleInput | Square): Promise<(Circle | Square)[]>;
    shout(text: string, times?: number | null): Promise<string>;
    size(size: SizeInput): Promise<Size>;
    slowly(text: string): Promise<string>;
    something(value: unknown): Promise<unknown>;
    sorted_set(values: readonly number[]): Promise<number[]>;
    sparse(sparse: Sparse): Promise<Sparse>;
    state_of(state: SampleTypesState): Promise<SampleTypesState>;
    /** Takes any number of them. */
    sum_of(...values: number[]): Promise<number>;
    swap(pair: readonly [number, string]): Promise<[string, number]>;
    /** @param follow - Default: `false`. */
    tail(name: string, follow?: boolean): AsyncIterable<SampleTypesNote>;
    threshold(values: NdArray<Float32Array | Float64Array> | Numbers, limit: number): Promise<NdArray<Uint8Array>>;
    tree(tree: TreeInput<Point>): Promise<Tree<number>>;
    /** @param other - Default: `1`. */
    untyped(value: any, other?: any): Promise<any>;
    untyped_stream(): AsyncIterable<any>;
    user(id: UserId): Promise<UserId>;
    viewed(data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer | NdArray<TypedArray>>;
    /**
     * Has parameters whose names are words of JavaScript.
     *
     * By name only, with `pytron.call("words", { … })`:
     *
     * - `new`: Default: `false`.
     *
     * @param default_ - Default: `1`.
     */
    words(function_: string, default_?: number): Promise<string>;
  }

  interface Arguments {
    add: { a: number; b?: number };
    address: { address: Address };
    any_array: { values: NdArray<TypedArray> | Uint8ClampedArray | Numbers };
    anything: { value: any };
    author: { author: AuthorInput };
    bare: { values: readonly any[]; names: { [key: string]: any } };
    book: { book: BookInput };
    box: { box: BoxInput<readonly number[]> };
    by_colour: { amounts: Partial<Record<Colour, number>> };
    by_day: { amounts: { [key: string]: number } };
    by_number: { texts: { [key: number]: string } };
    car: { car: CarInput };
    chunks: { data: ArrayBuffer | ArrayBufferView; size?: number };
    count_to: { limit: number };
    counter: { text: string };
    doubled: { price: DecimalText };
    either: { value: number | string | null };
    everything: { everything: EverythingInput };
    extras: { x: number };
    fail: Record<string, never>;
    filled: { data: ArrayBuffer | ArrayBufferView };
    first: { words: readonly string[] };
    "group.announce": { size: SizeInput };
    half: { value: number };
    invert: { value: boolean };
    joined: { separator: string };
    "journal.write": { line: string };
    keep: { file: Blob; others?: readonly Blob[]; mark?: Blob | null };
    large: { values: NdArray<BigInt64Array> | Numbers };
    lasts: { length: Duration };
    later: { at: DateTime | Date; by: Duration };
    lengths: { texts: { [key: string]: readonly string[] } };
    level: { level: "low" | "high" | 3 };
    limited: { count: number; names: readonly string[] };
    many: { values: readonly number[] };
    measured: { measured: MeasuredInput };
    middle: { a: Point; b: Point };
    moments: Record<string, never>;
    names: { names: readonly string[] };
    nested: { rows: readonly (readonly (number | null)[])[] };
    next_day: { day: DateOnly };
    noon: { hour: TimeOnly };
    normalise: { values: NdArray<Float32Array> | Numbers };
    "notes.find": { text: string; limit?: number; colour?: Colour | null };
    "notes.merge": { first: UserId; second: UserId };
    "notes.save": { note: SampleTypesNoteInput };
    "notes.sounds.play": { sound: OtherTypesNote };
    nothing: { empty: Empty };
    nothing_in_it: Record<string, never>;
    numbers: { numbers: SampleTypesNumbers };
    opposite: { colour: Colour };
    options: { options: Options };
    ordered: Record<string, never>;
    page_again: { page: PageInput<number> };
    page_of: { notes: readonly SampleTypesNoteInput[] };
    parent_folder: { path: FilePath };
    perhaps: { value?: Point | null };
    picture: { picture: PictureInput };
    ping: Record<string, never>;
    placed: { x: number; y?: number };
    plain_array: Record<string, never>;
    rank: { rank: Rank };
    result: { result: ResultInput<number> };
    reverse: { data: ArrayBuffer | ArrayBufferView };
    rights: { rights: Rights };
    row: { row: RowInput };
    same_id: { id: Uuid };
    scalar: Record<string, never>;
    scale: { value: number; slug?: string };
    shape: { shape: CircleInput | Square };
    shout: { text: string; times?: number | null };
    size: { size: SizeInput };
    slowly: { text: string };
    something: { value: unknown };
    sorted_set: { values: readonly number[] };
    sparse: { sparse: Sparse };
    state_of: { state: SampleTypesState };
    sum_of: Record<string, never>;
    swap: { pair: readonly [number, string] };
    tail: { name: string; follow?: boolean };
    threshold: { values: NdArray<Float32Array | Float64Array> | Numbers; limit: number };
    tree: { tree: TreeInput<Point> };
    untyped: { value: any; other?: any };
    untyped_stream: Record<string, never>;
    user: { id: UserId };
    viewed: { data: ArrayBuffer | ArrayBufferView };
    words: { function: string; default?: number; new?: boolean };
  }

  interface Events {
    closed: null;
    counted: number;
    /** Width and height. */
    "group.announced": Size;
    moved: Point | null;
    /** A note as it is kept. */
    "note.saved": SampleTypesNote;
  }

  interface State {
    count: number;
    notes: SampleTypesNote[];
    place: Point;
  }
}
