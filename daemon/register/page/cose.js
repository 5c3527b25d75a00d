// COSE_Sign1 with ES256 in the one form that the register writes (daemon/register/cose.py), and
// the two messages that come in it: the QR's statement and the list of cancelled copies.

import { Tagged, Unreadable, decode } from "./cbor.js";

const VERSION = 1;
const LONGEST = 400;

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function same(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

// base64url without padding, in its one form.
function fromText(fragment) {
  if (!/^[A-Za-z0-9_-]+$/.test(fragment)) throw new Unreadable("not base64url");
  let raw;
  try {
    raw = atob(fragment.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new Unreadable("not base64url");
  }
  const again = btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (again !== fragment) throw new Unreadable("not the one form");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

export function message(bytes) {
  const tagged = decode(bytes);
  const parts = tagged instanceof Tagged && tagged.tag === 18 ? tagged.value : null;
  if (!Array.isArray(parts) || parts.length !== 4) throw new Unreadable("not a COSE_Sign1");
  const [header, open, payload, signature] = parts;
  if (![header, payload, signature].every((part) => part instanceof Uint8Array))
    throw new Unreadable("not a COSE_Sign1");
  if (!(open instanceof Map) || open.size) throw new Unreadable("an open header");
  const said = decode(header);
  if (!(said instanceof Map) || said.size !== 2 || said.get(1) !== -7)
    throw new Unreadable("not ES256");
  const key = said.get(4);
  if (!(key instanceof Uint8Array) || signature.length !== 64) throw new Unreadable("no key");
  return { key: hex(key), header, payload, signature };
}

// Head and bytes of a CBOR byte string.
function bytestring(bytes) {
  const size = bytes.length;
  if (size < 24) return [0x40 + size, ...bytes];
  if (size < 0x100) return [0x58, size, ...bytes];
  if (size < 0x10000) return [0x59, size >> 8, size & 255, ...bytes];
  return [0x5a, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...bytes];
}

// Sig_structure of RFC 9052 §4.4: ["Signature1", header, no outside data, payload].
function signed({ header, payload }) {
  const name = Array.from("Signature1", (letter) => letter.charCodeAt(0));
  const list = [0x84, 0x6a, ...name, ...bytestring(header), 0x40];
  const tail = bytestring(payload);
  const whole = new Uint8Array(list.length + tail.length);
  whole.set(list);
  whole.set(tail, list.length);
  return whole;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// Did the issuer's key (JWK) sign the message?
export async function holds(found, jwk) {
  const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["verify"]);
  return crypto.subtle.verify(ALGORITHM, key, found.signature, signed(found));
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

// {message, statement} of a QR's address; throws Unreadable.
export function statement(address) {
  const fragment = address.slice(address.indexOf("#") + 1);
  if (address.length > LONGEST || !address.includes("#")) throw new Unreadable("no statement");
  const found = message(fromText(fragment));
  const fields = decode(found.payload);
  if (!Array.isArray(fields) || fields.length !== 9 || fields[0] !== VERSION)
    throw new Unreadable("not a statement of this version");
  const [, authority, number, volume, date, kind, pages, copies, pictures] = fields;
  const texts = [authority, number, volume, date, kind].every((item) => typeof item === "string");
  const counts = [pages, copies].every((item) => typeof item === "number" && item >= 1);
  const good = texts && counts && pictures instanceof Uint8Array && pictures.length === 32;
  if (!good || !DAY.test(date) || Number.isNaN(Date.parse(date)))
    throw new Unreadable("a field of another kind");
  return {
    message: found,
    statement: { authority, number, volume, date, kind, pages, copies, pictures },
  };
}

// {message, list} of a list of cancelled copies; times in seconds since 1970.
export function cancelled(bytes) {
  const found = message(bytes);
  const fields = decode(found.payload);
  if (!Array.isArray(fields) || fields.length !== 6) throw new Unreadable("no list");
  const [what, version, authority, made, next, volumes] = fields;
  const good =
    what === "cancelled" && version === VERSION && typeof authority === "string" &&
    typeof made === "number" && typeof next === "number" && volumes instanceof Map &&
    [...volumes.values()].every(Array.isArray);
  if (!good) throw new Unreadable("no list");
  return { message: found, list: { authority, made, next, volumes } };
}
