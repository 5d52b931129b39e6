import type { Call } from "./call.js";
import type { services } from "./services.js";

/**
 * The exposed functions, namespaces as nested objects. Empty here: the generated `pytron.d.ts` fills
 * it in, and from then on unknown names are errors.
 *
 * A function gives `Promise<T>`, one that streams gives `AsyncIterable<T>`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by the generated pytron.d.ts.
export interface Functions {}

/**
 * The arguments of each function by their names, for `pytron.call(name, { … })`; filled in by the
 * generated `pytron.d.ts`. The keys are full names, with dots.
 */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by the generated pytron.d.ts.
export interface Arguments {}

/** The data of each event by its name; filled in by the generated `pytron.d.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by the generated pytron.d.ts.
export interface Events {}

/** The shape of the app's state; filled in by the generated `pytron.d.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by the generated pytron.d.ts.
export interface State {}

/** Anything goes: what `pytron` is without a `pytron.d.ts`. */
// biome-ignore lint/suspicious/noExplicitAny: without a description nothing is known of the names.
export type Loose = any;

type Known<T, Otherwise> = keyof T extends never ? Otherwise : T;

/** Functions and namespaces of any name. */
export interface LooseFunctions {
  // Not a type of its own: under noUncheckedIndexedAccess that would be possibly undefined.
  readonly [name: string]: Loose;
}

/** The services of the desktop, which every app has; a window needs permission for each. */
export interface Offered {
  readonly services: services.Functions;
}

/** The exposed functions as the page calls them, and the services of the desktop. */
export type Api = Known<Functions, LooseFunctions> & Offered;

/** The app's state as the page reads and writes it. */
export type AppState = Known<State, Loose>;

type Names<T, Prefix extends string = ""> = {
  [K in keyof T & string]: T[K] extends (...args: never[]) => unknown
    ? `${Prefix}${K}`
    : Names<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** The full names of what services do: `services.dialogs.open_file`. */
export type ServiceName = Names<Offered>;

/** The full names of the exposed functions, with dots, and of those of services. */
export type FunctionName = keyof Functions extends never ? string : Names<Functions> | ServiceName;

type Find<T, Name extends string> = Name extends keyof T
  ? T[Name]
  : Name extends `${infer Head}.${infer Rest}`
    ? Head extends keyof T
      ? Find<T[Head], Rest>
      : never
    : never;

/** What calling the function of this name gives. */
export type ResultOf<Name extends string> = Name extends ServiceName
  ? ResultIn<Offered, Name>
  : keyof Functions extends never
    ? Call<Loose>
    : ResultIn<Functions, Name>;

type ResultIn<T, Name extends string> =
  Find<T, Name> extends (...args: never[]) => infer Result ? Result : never;

/** Positional arguments of the function of this name, or its arguments by name. */
export type ArgsOf<Name extends string> = Name extends ServiceName
  ? ArgsIn<Offered, Name>
  : keyof Functions extends never
    ? readonly unknown[] | Readonly<Record<string, unknown>>
    : ArgsIn<Functions, Name>;

type ArgsIn<T, Name extends string> =
  Find<T, Name> extends (...args: infer Args) => unknown
    ? Readonly<Args> | NamedArgsOf<Name>
    : never;

type NamedArgsOf<Name extends string> = Name extends keyof Arguments
  ? Readonly<Arguments[Name]>
  : Name extends `services.${infer Service extends keyof services.Arguments}`
    ? Readonly<services.Arguments[Service]>
    : Readonly<Record<string, unknown>>;

/** The names of the events: the app's own, and those of services. */
export type EventName = keyof Events extends never
  ? string
  : (keyof Events & string) | keyof services.Events | `${string}*`;

/** The data of the event of this name. */
export type DataOf<Name extends string> = Name extends keyof Events
  ? Events[Name]
  : Name extends keyof services.Events
    ? services.Events[Name]
    : keyof Events extends never
      ? Loose
      : unknown;

/** Where a value of the state stands: `items.0.done`, or an array of keys. */
export type StatePath = string | readonly (string | number)[];

/** The value at a path of the state, as far as the path is known. */
export type ValueAt<S, Path extends StatePath> = 0 extends 1 & S
  ? Loose
  : Path extends ""
    ? S
    : Path extends `${infer Key}.${infer Rest}`
      ? ValueAt<Inside<S, Key>, Rest>
      : Path extends string
        ? Inside<S, Path>
        : Loose;

type Inside<S, Key extends string> = S extends readonly (infer Item)[]
  ? Key extends `${number}`
    ? Item | undefined
    : undefined
  : S extends object
    ? Key extends keyof S
      ? S[Key]
      : undefined
    : undefined;

/** What a listener gets: not to be changed, for a changed state has other objects. */
export type Frozen<T> = T extends ((...args: never[]) => unknown) | ArrayBuffer | ArrayBufferView
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** What is given for a path of the state. */
export type SnapshotAt<S, Path extends StatePath> = Frozen<ValueAt<S, Path>>;
