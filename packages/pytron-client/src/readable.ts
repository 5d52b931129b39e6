/** What a stream of bytes may give. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/**
 * A stream of bytes from Python as a `ReadableStream`, for all that takes one: `new Response(…)`,
 * `pipeTo`, `DecompressionStream`.
 *
 * It is read only as fast as its reader reads; cancelling it closes the generator in Python.
 *
 * ```ts
 * const text = await new Response(readable(pytron.download("log.txt"))).text();
 * ```
 */
export function readable(items: AsyncIterable<Bytes>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = items[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(bytesOf(value));
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    // Nothing is read ahead here: the stream below has its own credit.
    { highWaterMark: 0 },
  );
}

function bytesOf(value: Bytes): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value);
}
