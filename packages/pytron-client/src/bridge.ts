import type { Attachment } from "./binary.js";
import { Call, type CallOptions } from "./call.js";
import { inTask, PytronError, report, restartedError } from "./errors.js";
import { checkName, Events } from "./events.js";
import { hideFault, showFault } from "./fault.js";
import { openFrame } from "./frames.js";
import { Inbox } from "./inbox.js";
import { type LogEntry, reportKnown } from "./log.js";
import { checkOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import {
  CLIENT,
  type Down,
  type Hello,
  LIMITS,
  type Limits,
  type Path,
  type Scope,
  VERSION,
} from "./protocol.js";
import { Readiness } from "./readiness.js";
import { Router, Waiting } from "./router.js";
import { type Change, Store } from "./state.js";
import { Tools } from "./tools.js";
import type { Channel, Receiver, Transport } from "./transports/transport.js";
import { type Offer, Uploads } from "./uploads.js";
import { encode } from "./values.js";

/** Levels that the frame and its message take from the allowed depth; ops take another. */
const FRAME_LEVELS = 2;

/** Names that are kept quoted; more than this are made up as the page goes. */
const MOST_NAMES = 1_000;

function randomSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One page's conversation with Python: it opens the session, numbers the calls, batches what is
 * sent, and gives what comes to whoever waits for it.
 */
export class Bridge {
  readonly events = new Events((kind, name) =>
    this.send(`{"kind":"${kind}","name":${quote(name)}}`),
  );
  readonly stores: Readonly<Record<Scope, Store>>;
  window = "";
  limits: Limits = LIMITS;
  /** Gives where a call was made, once a development tool wants it. */
  trace: (() => string) | undefined;
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private readonly uploads = new Uploads((text, found) => this.send(text, found));
  private readonly pending = new Waiting((id) => this.uploads.forget(id));
  private readonly names = new Map<string, string>();
  /** For development. */
  readonly tools = new Tools(this);
  private transport: Transport | undefined;
  private channel: Channel | undefined;
  private session = "";
  private epoch = "";
  /** Why nothing can be sent, when that is so. */
  private failure: PytronError | undefined;
  private greeted = false;
  private readonly readiness = new Readiness((error) => this.refuse(error));
  private lastId = 0;

  constructor() {
    this.outbox = new Outbox(
      () => this.beforeFlush(),
      (error) => this.close(`the page's connection is broken (${error}): reload the page`),
    );
    this.inbox = new Inbox(
      (message, frame) => router.take(message, frame),
      () => this.notify(),
    );
    const link = {
      dirty: () => this.outbox.schedule(),
      change: (change: Change) => this.change(change),
      sync: (scope: Scope) => this.sync(scope),
      watch: (scope: Scope, path: Path) =>
        this.send(`{"kind":"watch","scope":"${scope}","path":${JSON.stringify(path)}}`),
      room: () => this.room - 1,
    };
    this.stores = { app: new Store("app", link), window: new Store("window", link) };
    const router = new Router({
      pending: this.pending,
      stores: this.stores,
      events: this.events,
      expects: (message) => this.greeted || this.opens(message),
      welcome: (hello) => this.welcome(hello),
      tool: (name, data) => this.tools.take(name, data),
      restart: () => this.restart(),
      fault: (message, trace) => showFault(message, trace),
      arrived: () => this.readiness.arrived(),
      failed: (error) => (this.greeted ? reportKnown(error) : this.fail(error)),
      notify: () => this.notify(),
      cancel: (id) => this.cancel(id),
      pull: (id, offset, size) => void this.uploads.pull(id, offset, size),
      sync: (scope) => this.sync(scope),
    });
  }

  /** Resolves when Python has answered and the state is here. */
  get ready(): Promise<void> {
    return this.readiness.promise;
  }

  /** How long `ready` waits for Python to answer. */
  set readyTimeoutMs(value: number) {
    this.readiness.limit(value);
  }

  /** Opens a session over the transport; calls made before follow its hello. */
  connect(transport: Transport): void {
    this.transport = transport;
    this.channel?.close?.();
    const again = this.failure !== undefined;
    if (again) {
      this.failure = undefined;
      this.readiness.renew();
    }
    this.session = randomSession();
    this.epoch = "";
    this.greeted = false;
    this.readiness.wait();
    let channel: Channel | undefined;
    channel = this.open(transport, {
      // A connection that was replaced may still speak: it is not heard.
      frame: (text, parts) => {
        if (channel !== undefined && channel === this.channel) this.receive(channel, text, parts);
      },
      closed: (cause) => {
        if (channel !== undefined && channel === this.channel) this.close(cause);
      },
      renewed: (error) => {
        if (channel !== undefined && channel === this.channel) this.renewed(error);
      },
      back: () => this.reopen(),
    });
    if (channel === undefined) return;
    this.channel = channel;
    this.hello(channel);
    if (again) this.resubscribe();
  }

  /** Connects again after {@link close}: a new session of the same page. */
  reopen(): void {
    if (this.failure === undefined || this.transport === undefined) return;
    this.connect(this.transport);
  }

  /** Ends everything that waits, with code `closed` unless the cause has another. */
  close(cause: string | PytronError): void {
    this.fail(
      typeof cause === "string" ? new PytronError("closed", cause, { name: "CallError" }) : cause,
    );
  }

  /** Ends everything that waits, and what comes later, with this error. */
  fail(error: PytronError): void {
    this.channel?.close?.();
    this.channel = undefined;
    this.outbox.close();
    this.inbox.clear();
    this.refuse(error);
  }

  call(name: string, args: unknown, options?: CallOptions): Call<unknown> {
    const id = ++this.lastId;
    const call = new Call<unknown>(this, id, name, options);
    try {
      this.admit(options);
      call.watch();
      const found: Attachment[] = [];
      const offers: Offer[] = [];
      const text = encode(args ?? [], ["args"], this.room, found, offers);
      const ms = options?.timeoutMs;
      const timeout = ms === undefined ? "" : `,"timeout":${Math.max(1, Math.ceil(ms))}`;
      const head = `{"kind":"call","id":${id},"name":${this.quoted(name)}`;
      const uploads = this.uploads.offer(id, offers, () => ++this.lastId);
      this.pending.set(id, call);
      const stack = this.trace === undefined ? "" : `,"stack":${quote(this.trace())}`;
      this.send(`${head},"args":${text}${timeout}${uploads}${stack}}`, found);
    } catch (error) {
      this.pending.delete(id);
      inTask(() => call.error(error));
    }
    return call;
  }

  /** For calls: nobody waits for this one any more. */
  cancel(id: number): void {
    if (this.pending.delete(id)) this.send(`{"kind":"cancel","id":${id}}`);
  }

  /** For calls: the stream may go on. */
  credit(id: number, count: number): void {
    if (this.failure === undefined) this.send(`{"kind":"credit","id":${id},"count":${count}}`);
  }

  /** Sends an event to Python or, with `to`, to another window's page. */
  emit(name: string, data: unknown, to?: string): void {
    if (this.failure !== undefined) throw this.failure;
    const found: Attachment[] = [];
    const text = encode(data, ["data"], this.room, found);
    const target = to === undefined ? "" : `,"to":${quote(to)}`;
    this.send(`{"kind":"event","name":${this.quoted(name)},"data":${text}${target}}`, found);
  }

  log(entry: LogEntry): void {
    if (this.failure !== undefined) return;
    const stack = entry.stack === undefined ? "" : `,"stack":${quote(entry.stack)}`;
    this.send(`{"kind":"log","level":"${entry.level}","message":${quote(entry.message)}${stack}}`);
  }

  /** For development tools. */
  tell(name: string, data: unknown): void {
    this.send(
      `{"kind":"tool","name":${quote(name)},"data":${encode(data, ["data"], this.room, [])}}`,
    );
  }

  /** Levels of nesting that are left for a value in a message. */
  private get room(): number {
    return this.limits.depth - FRAME_LEVELS;
  }

  private quoted(name: string): string {
    let text = this.names.get(name);
    if (text === undefined) {
      checkName(name);
      text = quote(name);
      if (this.names.size >= MOST_NAMES) this.names.clear();
      this.names.set(name, text);
    }
    return text;
  }

  private admit(options: CallOptions | undefined): void {
    checkOptions(options);
    if (options?.signal?.aborted) throw options.signal.reason;
    if (this.failure !== undefined) throw this.failure;
    if (this.channel?.full)
      throw new PytronError("busy", "Python cannot be reached, and much waits for it already");
    if (this.pending.size >= this.limits.pending)
      throw new PytronError(
        "busy",
        `${this.pending.size} calls are waiting already: await some before making more`,
      );
  }

  private send(text: string, found: readonly Attachment[] = []): void {
    if (this.failure !== undefined) return;
    // A change made before a call must be seen by that call.
    this.flushStores();
    this.outbox.add(text, found);
  }

  private change(change: Change): void {
    const id = ++this.lastId;
    change.id = id;
    const base = change.base === undefined ? "" : `,"base":${change.base}`;
    this.pending.set(id, change);
    try {
      if (this.failure !== undefined) throw this.failure;
      this.outbox.add(
        `{"kind":"change","id":${id},"scope":"${change.scope}"${base},"ops":[${change.texts.join(",")}]}`,
        change.found,
      );
    } catch (error) {
      this.pending.delete(id);
      inTask(() => change.error(error));
    }
  }

  private sync(scope: Scope): void {
    this.send(`{"kind":"sync","scope":"${scope}"}`);
  }

  private flushStores(): void {
    this.stores.app.flush();
    this.stores.window.flush();
  }

  private notify(): void {
    this.stores.app.notify();
    this.stores.window.notify();
  }

  private beforeFlush(): void {
    this.flushStores();
    this.notify();
  }

  private receive(channel: Channel, text: string, parts: readonly ArrayBuffer[] | undefined): void {
    try {
      this.inbox.add(openFrame(text, Number.MAX_SAFE_INTEGER), parts, channel);
    } catch (error) {
      report(error);
    }
  }

  /** Whether a message is to be taken although no hello has come. */
  private opens(message: Down): boolean {
    if (message.kind === "hello") return message.session === this.session;
    if (message.kind === "restart" || message.kind === "fault") return true;
    return message.kind === "error" && message.error.code === "version";
  }

  private open(transport: Transport, receiver: Receiver): Channel | undefined {
    try {
      return transport.open(receiver);
    } catch (error) {
      this.fail(
        new PytronError("no_backend", `the engine's port does not open (${error}): update Pytron`),
      );
      return undefined;
    }
  }

  /** Rejects what waits and what comes, until Python answers after all. */
  private refuse(error: PytronError): void {
    this.failure = error;
    this.readiness.fail(error);
    this.rejectPending(error);
  }

  private welcome(hello: Hello): void {
    if (hello.session !== this.session) return;
    this.greeted = true;
    hideFault();
    if (this.failure !== undefined) this.recover();
    this.window = hello.window;
    this.limits = { ...LIMITS, ...hello.limits };
    this.outbox.limits = this.limits;
    for (const store of Object.values(this.stores)) store.frozen = hello.dev;
    if (this.epoch !== "" && this.epoch !== hello.epoch) this.restarted();
    this.epoch = hello.epoch;
    this.tools.load(hello.tools ?? [], this.transport?.home ?? "");
  }

  /** Python has answered after the time was over. */
  private recover(): void {
    this.failure = undefined;
    this.readiness.renew();
    this.resubscribe();
  }

  private hello(channel: Channel): void {
    this.outbox.open(
      channel,
      `{"kind":"hello","version":${VERSION},"session":"${this.session}","client":"${CLIENT}"}`,
    );
  }

  /** Another Python process takes over: what is asked from now on waits for it. */
  private restart(): void {
    if (this.channel === undefined) return;
    this.greeted = false;
    this.epoch = "";
    this.outbox.clear();
    this.rejectPending(restartedError());
    this.hello(this.channel);
    this.resubscribe();
  }

  /** Another Python process answers: what the old one was asked is lost. */
  private restarted(): void {
    this.rejectPending(restartedError());
    this.resubscribe();
  }

  /** The kit has begun the session anew: what was under way in the old one is lost. */
  private renewed(error: PytronError): void {
    this.greeted = false;
    this.epoch = "";
    this.inbox.clear();
    this.outbox.clear();
    this.rejectPending(error);
    this.resubscribe();
  }

  private resubscribe(): void {
    for (const name of this.events.patterns())
      this.send(`{"kind":"subscribe","name":${quote(name)}}`);
  }

  private rejectPending(error: PytronError): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const pending of waiting) pending.error(error);
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
