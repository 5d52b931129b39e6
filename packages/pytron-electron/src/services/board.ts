// The clipboard by media type, over Electron's two ways to it: the present one is the web's, with
// promises and items; older ones have a function for each kind of content.
import { ClipboardItem, clipboard, type NativeImage, nativeImage } from "electron";

export const FILES = "text/uri-list";
export const PNG = "image/png";

/** What is put on it at once, by media type. */
export type Content = Record<string, string | Buffer>;

/** A clipboard. */
export interface Board {
  types(): Promise<string[]>;
  /** The bytes of a type; null when it is not there. */
  read(type: string): Promise<Buffer | null>;
  write(content: Content): Promise<void>;
}

class PresentBoard implements Board {
  async types(): Promise<string[]> {
    return (await clipboard.read()).flatMap((item) => item.types);
  }

  async read(type: string): Promise<Buffer | null> {
    const item = (await clipboard.read()).find(({ types }) => types.includes(type));
    if (item === undefined) return null;
    const content = await item.getType(type);
    return content instanceof Blob ? Buffer.from(await content.arrayBuffer()) : null;
  }

  async write(content: Content): Promise<void> {
    const entries = Object.entries(content).map(
      ([type, data]) => [type, new Blob([new Uint8Array(Buffer.from(data))], { type })] as const,
    );
    if (entries.length === 0) clipboard.clear();
    else await clipboard.write([new ClipboardItem(Object.fromEntries(entries))]);
  }
}

/** `clipboard` of Electron 22 to the change. */
interface OldClipboard {
  availableFormats(): string[];
  clear(): void;
  readText(): string;
  readHTML(): string;
  readImage(): NativeImage;
  readBuffer(format: string): Buffer;
  write(data: { text?: string; html?: string; image?: NativeImage }): void;
  writeBuffer(format: string, buffer: Buffer): void;
}

class OldBoard implements Board {
  private readonly clipboard: OldClipboard;

  constructor(old: OldClipboard) {
    this.clipboard = old;
  }

  types(): Promise<string[]> {
    return Promise.resolve(this.clipboard.availableFormats());
  }

  read(type: string): Promise<Buffer | null> {
    const old = this.clipboard;
    let bytes: Buffer;
    if (type === "text/plain") bytes = Buffer.from(old.readText());
    else if (type === "text/html") bytes = Buffer.from(old.readHTML());
    else if (type === PNG) bytes = old.readImage().toPNG();
    else bytes = old.readBuffer(type);
    return Promise.resolve(bytes.length > 0 ? bytes : null);
  }

  write(content: Content): Promise<void> {
    const old = this.clipboard;
    const { "text/plain": text, "text/html": html, [PNG]: image, [FILES]: files } = content;
    if (files !== undefined) old.writeBuffer(FILES, Buffer.from(files));
    else if (Object.keys(content).length === 0) old.clear();
    else
      old.write({
        ...(text === undefined ? {} : { text: String(text) }),
        ...(html === undefined ? {} : { html: String(html) }),
        ...(image === undefined ? {} : { image: nativeImage.createFromBuffer(image as Buffer) }),
      });
    return Promise.resolve();
  }
}

/** The clipboard of this Electron. */
export function board(): Board {
  const either: unknown = clipboard;
  return "readHTML" in (either as object)
    ? new OldBoard(either as OldClipboard)
    : new PresentBoard();
}
