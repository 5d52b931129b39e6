import { PytronError } from "./errors.js";

const READY_TIMEOUT_MS = 10_000;

/** Whether Python has answered: a promise that makes no noise when nobody asked for it. */
export class Readiness {
  promise!: Promise<void>;
  private timeoutMs = READY_TIMEOUT_MS;
  private resolve: () => void = () => {};
  private reject: (error: unknown) => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly late: (error: PytronError) => void;

  /** `late` is told when the time is over. */
  constructor(late: (error: PytronError) => void) {
    this.late = late;
    this.renew();
  }

  /** Begins anew, after it has failed. */
  renew(): void {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }

  /** Starts to wait, or waits this long from now on. */
  wait(timeoutMs = this.timeoutMs): void {
    clearTimeout(this.timer);
    this.timeoutMs = timeoutMs;
    this.timer = setTimeout(() => {
      this.late(
        new PytronError(
          "timeout",
          `Python did not answer within ${timeoutMs} ms: its log says why, or raise readyTimeoutMs`,
        ),
      );
    }, timeoutMs);
  }

  /** How long to wait; counts from now when it is waiting already. */
  limit(timeoutMs: number): void {
    if (this.timer === undefined) this.timeoutMs = timeoutMs;
    else this.wait(timeoutMs);
  }

  arrived(): void {
    this.stop();
    this.resolve();
  }

  fail(error: PytronError): void {
    this.stop();
    this.reject(error);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
