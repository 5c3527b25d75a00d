// A decoder for the part of CBOR that the register writes: integers, byte and text strings, arrays,
// maps with integer or text keys, one tag.  Deterministic form only (RFC 8949 §4.2.1): shortest
// lengths, sorted keys, nothing left over.  Everything else is an Unreadable.

export class Unreadable extends Error {}

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

const DEEPEST = 8;
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw new Unreadable("bytes left over");
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    if (count > this.bytes.length - this.at) throw new Unreadable("cut off");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  // The argument of a head; the shortest form only.
  argument(low) {
    if (low < 24) return low;
    if (low > 26) throw new Unreadable("a length that is not used");
    const size = 1 << (low - 24);
    let value = 0;
    for (const byte of this.take(size)) value = value * 256 + byte;
    const least = [24, 0x100, 0x10000][low - 24];
    if (value < least) throw new Unreadable("not the shortest form");
    return value;
  }

  item(depth) {
    if (depth > DEEPEST) throw new Unreadable("too deep");
    const head = this.take(1)[0];
    const value = this.argument(head & 31);
    switch (head >> 5) {
      case 0:
        return value;
      case 1:
        return -1 - value;
      case 2:
        return this.take(value);
      case 3:
        try {
          return text.decode(this.take(value));
        } catch (error) {
          throw error instanceof Unreadable ? error : new Unreadable("not UTF-8");
        }
      case 4: {
        const list = [];
        for (let index = 0; index < value; index++) list.push(this.item(depth + 1));
        return list;
      }
      case 5:
        return this.map(value, depth);
      case 6:
        return new Tagged(value, this.item(depth + 1));
      default:
        throw new Unreadable("a kind that is not used");
    }
  }

  map(pairs, depth) {
    const found = new Map();
    let before = null;
    for (let index = 0; index < pairs; index++) {
      const start = this.at;
      const key = this.item(depth + 1);
      if (typeof key !== "number" && typeof key !== "string") throw new Unreadable("a key");
      const encoded = this.bytes.subarray(start, this.at);
      if (before && !rises(before, encoded)) throw new Unreadable("keys out of order");
      before = encoded;
      found.set(key, this.item(depth + 1));
    }
    return found;
  }
}

// Shorter first, then byte by byte: what the register's encoder writes (RFC 8949 §4.2.3); for the
// keys that are used here the order of §4.2.1 is the same.
function rises(a, b) {
  if (a.length !== b.length) return a.length < b.length;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return a[index] < b[index];
  }
  return false;
}
