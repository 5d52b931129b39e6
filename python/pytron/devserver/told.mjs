// The link that this process was started with (spec/view.md, section 7); with it this process ends.
import net from "node:net";

const address = process.env.PYTRON_LINK ?? "";
delete process.env.PYTRON_LINK;

const separator = address.indexOf(":");
const [kind, place] = [address.slice(0, separator), address.slice(separator + 1)];
export let link;
if (kind === "fd") link = new net.Socket({ fd: Number(place) });
else {
  const end = place.lastIndexOf(":");
  link = net.connect(place.slice(0, end));
  link.write(place.slice(end + 1));
}
link.on("close", () => process.exit(0));
link.on("error", () => process.exit(0));
link.resume();

/** Sends one message; a promise of its having been written. */
export function tell(fields) {
  const text = Buffer.from(JSON.stringify(fields));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.length, 0);
  return new Promise((done) => link.write(Buffer.concat([head, text]), done));
}
