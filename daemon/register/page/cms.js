// The signature of a PDF (CMS SignedData, RFC 5652) as far as the page judges it: the first signer's
// message digest, what was signed, the signature, and the certificates that came along.  Whether the
// certificates are good is for a PDF reader; the page knows the authorities' own ones.

import { Unreadable } from "./cbor.js";

const SHA256 = "608648016503040201";
const MESSAGE_DIGEST = "2a864886f70d010904";
const [INTEGER, OCTETS, OBJECT, SEQUENCE, SET, FIRST] = [0x02, 0x04, 0x06, 0x30, 0x31, 0xa0];

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// The element at a place: { tag, content, whole }; definite lengths only.
function element(bytes, at) {
  let length = bytes[at + 1];
  let start = at + 2;
  if (length > 0x80) {
    const size = length & 0x7f;
    if (size > 3) throw new Unreadable("too long");
    length = 0;
    for (let index = 0; index < size; index++) length = length * 256 + bytes[start++];
  } else if (length === 0x80) throw new Unreadable("no length");
  const end = start + length;
  if (!(end <= bytes.length)) throw new Unreadable("cut off");
  return { tag: bytes[at], content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at += found.at(-1).whole.length)
    found.push(element(bytes, at));
  return found;
}

function only(list, tag) {
  const found = list.find((each) => each?.tag === tag);
  if (!found) throw new Unreadable("not a signature of this form");
  return found.content;
}

// → { digest, signed, signature, certificates }
export function read(contents) {
  const outer = element(contents, 0); // what follows is the room kept for it
  const data = elements(only(elements(only(elements(outer.content), FIRST)), SEQUENCE));
  const certificates = elements(only(data, FIRST)).map((each) => each.whole);
  const signers = elements(only([data.at(-1)], SET));
  if (signers.length !== 1) throw new Unreadable("not one signer");
  const parts = elements(only(signers, SEQUENCE));
  const attributes = parts.find((each) => each.tag === FIRST);
  if (!attributes) throw new Unreadable("no attributes");
  const [, , hash] = parts;
  if (hex(only(elements(hash.content), OBJECT)) !== SHA256) throw new Unreadable("not SHA-256");
  const digests = elements(attributes.content)
    .map((each) => elements(each.content))
    .filter(([type]) => hex(type.content) === MESSAGE_DIGEST)
    .map(([, values]) => only(elements(values.content), OCTETS));
  if (digests.length !== 1) throw new Unreadable("not one digest");
  const signed = attributes.whole.slice();
  signed[0] = SET; // signed as a SET, sent with an implicit tag (RFC 5652 §5.4)
  return { digest: digests[0], signed, signature: only(parts, OCTETS), certificates };
}

// r ‖ s, each `size` bytes, of an ECDSA signature in DER.
export function raw(signature, size) {
  const numbers = elements(element(signature, 0).content);
  const whole = new Uint8Array(2 * size);
  if (numbers.length !== 2) throw new Unreadable("not two numbers");
  numbers.forEach(({ tag, content }, index) => {
    const start = content.findIndex((byte) => byte !== 0);
    const number = start < 0 ? content.subarray(content.length) : content.subarray(start);
    if (tag !== INTEGER || number.length > size) throw new Unreadable("not a number");
    whole.set(number, (index + 1) * size - number.length);
  });
  return whole;
}
