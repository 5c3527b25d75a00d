// A small strict reader of the PDFs that the register writes: classic cross-reference tables, no
// encryption, no object streams.  It finds the pictures of the pages, the QR's address behind its
// link, and the last signature.  What it does not know it refuses; it never guesses or repairs.

import { Unreadable } from "./cbor.js";

const REVISIONS = 20;
const DEEPEST = 24;
const FORMS = 4; // forms inside forms, as in daemon/register/pages.py
const ascii = new TextDecoder("latin1");

class Name {
  constructor(text) {
    this.text = text;
  }
}

class Ref {
  constructor(number) {
    this.number = number;
  }
}

class Stream {
  constructor(dict, bytes) {
    this.dict = dict;
    this.bytes = bytes;
  }
}

const WHITE = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITER = new Set(Array.from("()<>[]{}/%", (letter) => letter.charCodeAt(0)));

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  space() {
    while (this.at < this.bytes.length) {
      if (this.bytes[this.at] === 37) {
        while (this.at < this.bytes.length && ![10, 13].includes(this.bytes[this.at])) this.at++;
      } else if (WHITE.has(this.bytes[this.at])) this.at++;
      else return;
    }
  }

  peek(text) {
    return ascii.decode(this.bytes.subarray(this.at, this.at + text.length)) === text;
  }

  expect(text) {
    this.space();
    if (!this.peek(text)) throw new Unreadable(`no ${text}`);
    this.at += text.length;
  }

  word() {
    this.space();
    const start = this.at;
    while (
      this.at < this.bytes.length && !WHITE.has(this.bytes[this.at]) &&
      !DELIMITER.has(this.bytes[this.at])
    ) this.at++;
    return ascii.decode(this.bytes.subarray(start, this.at));
  }

  integer() {
    const word = this.word();
    if (!/^\d{1,10}$/.test(word)) throw new Unreadable("no integer");
    return Number(word);
  }

  value(depth = 0) {
    if (depth > DEEPEST) throw new Unreadable("too deep");
    this.space();
    if (this.peek("<<")) return this.dictionary(depth);
    if (this.peek("[")) {
      this.at++;
      const list = [];
      for (this.space(); !this.peek("]"); this.space()) list.push(this.value(depth + 1));
      this.at++;
      return list;
    }
    if (this.peek("/")) return this.name();
    if (this.peek("(")) return this.literal();
    if (this.peek("<")) return this.hexadecimal();
    const word = this.word();
    if (word === "true" || word === "false") return word === "true";
    if (word === "null") return null;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) throw new Unreadable("not a value");
    return this.reference(word) ?? Number(word);
  }

  // "12 0 R", or undefined and nothing read.
  reference(word) {
    if (!/^\d+$/.test(word)) return undefined;
    const tail = ascii.decode(this.bytes.subarray(this.at, this.at + 16));
    const found = /^[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![A-Za-z0-9])/.exec(tail);
    if (!found) return undefined;
    this.at += found[0].length;
    return new Ref(Number(word));
  }

  name() {
    this.at++;
    const start = this.at;
    this.word();
    const raw = ascii.decode(this.bytes.subarray(start, this.at));
    return new Name(
      raw.replace(/#([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16))),
    );
  }

  dictionary(depth) {
    this.at += 2;
    const found = new Map();
    for (this.space(); !this.peek(">>"); this.space()) {
      if (!this.peek("/")) throw new Unreadable("no key");
      const key = this.name().text;
      if (found.has(key)) throw new Unreadable("a key twice");
      found.set(key, this.value(depth + 1));
    }
    this.at += 2;
    return found;
  }

  literal() {
    const escapes = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
    let text = "";
    let open = 1;
    for (this.at++; ; this.at++) {
      if (this.at >= this.bytes.length) throw new Unreadable("a string without end");
      let letter = String.fromCharCode(this.bytes[this.at]);
      if (letter === "\\") {
        this.at++;
        letter = String.fromCharCode(this.bytes[this.at]);
        const octal = /^[0-7]{1,3}/.exec(
          ascii.decode(this.bytes.subarray(this.at, this.at + 3)),
        );
        if (octal) {
          this.at += octal[0].length - 1;
          letter = String.fromCharCode(parseInt(octal[0], 8) & 255);
        } else if (letter === "\n" || letter === "\r") throw new Unreadable("a broken line");
        else letter = escapes[letter] ?? letter;
        text += letter;
        continue;
      }
      if (letter === "(") open++;
      if (letter === ")" && --open === 0) break;
      text += letter;
    }
    this.at++;
    return text;
  }

  hexadecimal() {
    const end = this.bytes.indexOf(62, this.at);
    if (end < 0) throw new Unreadable("a string without end");
    const digits = ascii.decode(this.bytes.subarray(this.at + 1, end)).replace(/\s/g, "");
    if (!/^([0-9A-Fa-f]{2})*$/.test(digits)) throw new Unreadable("not hexadecimal");
    this.at = end + 1;
    let text = "";
    for (let place = 0; place < digits.length; place += 2)
      text += String.fromCharCode(parseInt(digits.slice(place, place + 2), 16));
    return text;
  }
}

export class Pdf {
  constructor(bytes) {
    this.bytes = bytes;
    this.offsets = new Map(); // object number → offset, or null where it was freed
    this.objects = new Map();
    if (!new Reader(bytes, 0).peek("%PDF-")) throw new Unreadable("not a PDF");
    const tail = ascii.decode(bytes.subarray(-64));
    const start = /startxref\s+(\d{1,10})\s+%%EOF\s*$/.exec(tail);
    if (!start) throw new Unreadable("no end");
    this.trailer = this.tables(Number(start[1]));
    this.root = this.get(this.trailer, "Root");
    if (!(this.root instanceof Map)) throw new Unreadable("no catalogue");
  }

  // All cross-reference tables, newest first; returns the newest trailer.
  tables(offset) {
    let first = null;
    for (let count = 0; offset !== undefined; count++) {
      if (count === REVISIONS) throw new Unreadable("too many revisions");
      const trailer = this.table(offset);
      if (trailer.has("Encrypt") || trailer.has("XRefStm")) throw new Unreadable("not used here");
      first ??= trailer;
      offset = trailer.get("Prev");
      if (offset !== undefined && !Number.isInteger(offset)) throw new Unreadable("no offset");
    }
    return first;
  }

  table(offset) {
    const reader = new Reader(this.bytes, offset);
    if (!reader.peek("xref")) throw new Unreadable("no cross-reference table");
    reader.at += 4;
    for (reader.space(); !reader.peek("trailer"); reader.space()) {
      const number = reader.integer();
      const count = reader.integer();
      reader.space();
      for (let index = 0; index < count; index++, reader.at += 20) {
        const entry = ascii.decode(this.bytes.subarray(reader.at, reader.at + 20));
        const found = /^(\d{10}) \d{5} ([nf])(?: \r| \n|\r\n)$/.exec(entry);
        if (!found) throw new Unreadable("a broken table");
        if (!this.offsets.has(number + index))
          this.offsets.set(number + index, found[2] === "n" ? Number(found[1]) : null);
      }
    }
    reader.expect("trailer");
    const trailer = reader.value();
    if (!(trailer instanceof Map)) throw new Unreadable("no trailer");
    return trailer;
  }

  object(number) {
    if (this.objects.has(number)) return this.objects.get(number);
    const offset = this.offsets.get(number);
    if (offset === undefined || offset === null) return null;
    const reader = new Reader(this.bytes, offset);
    if (reader.integer() !== number) throw new Unreadable("another object");
    reader.integer();
    reader.expect("obj");
    let value = reader.value();
    reader.space();
    if (value instanceof Map && reader.peek("stream")) {
      reader.at += 6;
      if (reader.peek("\r\n")) reader.at += 2;
      else if (reader.peek("\n")) reader.at++;
      else throw new Unreadable("a broken stream");
      const length = this.get(value, "Length");
      if (!Number.isInteger(length)) throw new Unreadable("a stream without length");
      const start = reader.at;
      reader.at += length;
      reader.expect("endstream");
      value = new Stream(value, this.bytes.subarray(start, start + length));
    }
    reader.expect("endobj");
    this.objects.set(number, value);
    return value;
  }

  resolve(value) {
    return value instanceof Ref ? this.object(value.number) : value;
  }

  get(dict, key) {
    return this.resolve(dict.get(key));
  }

  dict(dict, key) {
    const found = this.get(dict, key) ?? new Map();
    if (!(found instanceof Map)) throw new Unreadable(`no dictionary ${key}`);
    return found;
  }

  list(dict, key) {
    const found = this.get(dict, key) ?? [];
    if (!Array.isArray(found)) throw new Unreadable(`no list ${key}`);
    return found;
  }

  pages() {
    const found = [];
    const walk = (node, depth) => {
      if (!(node instanceof Map) || depth > DEEPEST) throw new Unreadable("no page");
      const type = this.get(node, "Type");
      if (!(type instanceof Name)) throw new Unreadable("no page");
      if (type.text === "Pages")
        for (const kid of this.list(node, "Kids")) walk(this.resolve(kid), depth + 1);
      else if (type.text === "Page") found.push(node);
      else throw new Unreadable("no page");
      if (found.length > 1000) throw new Unreadable("too many pages");
    };
    walk(this.get(this.root, "Pages"), 0);
    return found;
  }

  // The stored bytes of every picture: page by page, on a page by object number.
  pictures() {
    const all = [];
    for (const page of this.pages()) {
      const found = new Map();
      this.reached(this.dict(page, "Resources"), found, 0);
      const order = [...found.keys()].sort((a, b) => a - b);
      for (const number of order) all.push(found.get(number));
    }
    return all;
  }

  reached(resources, found, depth) {
    for (const entry of this.dict(resources, "XObject").values()) {
      const thing = this.resolve(entry);
      if (!(entry instanceof Ref) || !(thing instanceof Stream)) throw new Unreadable("no form");
      const kind = this.get(thing.dict, "Subtype");
      if (kind instanceof Name && kind.text === "Image") found.set(entry.number, thing.bytes);
      else if (depth < FORMS) this.reached(this.dict(thing.dict, "Resources"), found, depth + 1);
    }
  }

  // The addresses behind links, in order.
  links() {
    const found = [];
    for (const page of this.pages())
      for (const entry of this.list(page, "Annots")) {
        const annotation = this.resolve(entry);
        if (!(annotation instanceof Map)) continue;
        const address = this.get(this.dict(annotation, "A"), "URI");
        if (typeof address === "string") found.push(address);
      }
    return found;
  }

  // {range, contents} of the signature that reaches furthest, or null.
  signature() {
    let last = null;
    for (const entry of this.list(this.dict(this.root, "AcroForm"), "Fields")) {
      const field = this.resolve(entry);
      const signature = field instanceof Map ? this.get(field, "V") : null;
      if (!(signature instanceof Map)) continue;
      const range = this.list(signature, "ByteRange");
      const contents = this.get(signature, "Contents");
      if (range.length !== 4 || !range.every(Number.isInteger) || typeof contents !== "string")
        throw new Unreadable("a broken signature");
      if (!last || range[2] + range[3] > last.range[2] + last.range[3])
        last = { range, contents: Uint8Array.from(contents, (letter) => letter.charCodeAt(0)) };
    }
    return last;
  }
}
