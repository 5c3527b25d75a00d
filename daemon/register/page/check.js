// The judgements: of an address against the issuers and their lists, and of a file against the
// statement of its address.  Nothing here draws; nothing leaves the device.

import { Unreadable } from "./cbor.js";
import { raw, read } from "./cms.js";
import { cancelled, hex, holds, same, statement } from "./cose.js";
import { Pdf } from "./pdf.js";

const LARGEST = 64 * 1024 * 1024;

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// trust = { issuers: [{key, authority, name, from, to, sample, jwk, seals}], kinds, fetchList(key) }
// → { verdict, statement?, issuer?, list? }; verdict is one of
//   unreadable · unknown · altered · cancelled · unchecked · genuine
export async function judge(address, trust, now = Date.now() / 1000) {
  let found;
  try {
    found = statement(address);
  } catch (error) {
    if (error instanceof Unreadable) return { verdict: "unreadable" };
    throw error;
  }
  const said = found.statement;
  const issuer = trust.issuers.find(({ key }) => key === found.message.key);
  if (!issuer) return { verdict: "unknown", statement: said };
  if (!(await holds(found.message, issuer.jwk))) return { verdict: "altered" };
  // A key speaks for one authority and for its own time only.
  const inTime = issuer.from <= said.date && said.date <= issuer.to;
  if (issuer.authority !== said.authority || !inTime)
    return { verdict: "unknown", statement: said };
  const list = await listOf(issuer, trust);
  const answer = { statement: said, issuer, list };
  if (!list) return { verdict: "unchecked", ...answer };
  if ((list.volumes.get(said.volume) ?? []).includes(said.number))
    return { verdict: "cancelled", ...answer };
  return { verdict: now > list.next ? "unchecked" : "genuine", ...answer };
}

// The issuer's list, or null where there is none that it signed.
async function listOf(issuer, trust) {
  try {
    const bytes = await trust.fetchList(issuer.key);
    if (!bytes) return null;
    const { message, list } = cancelled(bytes);
    const good = message.key === issuer.key && list.authority === issuer.authority;
    return good && (await holds(message, issuer.jwk)) ? list : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

// The address that a file carries behind its QR, or null.
function addressIn(pdf) {
  for (const link of pdf.links()) {
    try {
      statement(link);
      return link;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  return null;
}

// Did the authority's seal sign this?  A seal is { certificate: its SHA-256, algorithm, spki, size };
// the certificate must have come along unchanged, so that a PDF reader judges the same key.
async function sealed(found, seals) {
  for (const { certificate, algorithm, spki, size } of seals) {
    const digests = await Promise.all(found.certificates.map(sha256));
    if (!digests.some((each) => hex(each) === certificate)) continue;
    const bytes = Uint8Array.from(atob(spki), (letter) => letter.charCodeAt(0));
    const key = await crypto.subtle.importKey("spki", bytes, algorithm, false, ["verify"]);
    const signature = size ? raw(found.signature, size) : found.signature;
    if (await crypto.subtle.verify(algorithm, key, signature, found.signed)) return true;
  }
  return false;
}

// Compare a file with the statement of an address ("" = with the one that it carries itself).
// → { file, address }; file is one of
//   whole · pictures (other pages) · other (another copy's file) · added (after the signature) ·
//   changed (since the signature) · foreign (not signed by the issuer's seal) ·
//   unsealed (unchanged, and the page knows no seal of the issuer) · unsigned ·
//   bare (no statement in it) · unreadable
export async function compare(bytes, address, trust) {
  try {
    if (bytes.length > LARGEST) return { file: "unreadable", address };
    return await compared(new Pdf(bytes), bytes, address, trust);
  } catch (error) {
    // a broken file may make the reader fail in any way; none of them may look like a good one
    return { file: "unreadable", address, why: String(error) };
  }
}

async function compared(pdf, bytes, address, trust) {
  const inside = addressIn(pdf);
  if (!inside) return { file: "bare", address };
  const { statement: said, message } = statement(address || inside);
  const fragment = (text) => text.slice(text.indexOf("#") + 1);
  if (address && fragment(address) !== fragment(inside)) return { file: "other", address };
  const answer = (file) => ({ file, address: address || inside });
  const pictures = pdf.pictures();
  const digests = await Promise.all(pictures.map(sha256));
  const together = new Uint8Array(32 * digests.length);
  digests.forEach((each, index) => together.set(each, 32 * index));
  if (pictures.length !== said.pages || !same(await sha256(together), said.pictures))
    return answer("pictures");
  const signature = pdf.signature();
  if (!signature) return answer("unsigned");
  const [begin, before, after, rest] = signature.range;
  if (begin !== 0 || before > after || after + rest > bytes.length) return answer("changed");
  // the one gap is the signature itself, as the PDF reader finds it
  const gap = new TextDecoder("latin1").decode(bytes.subarray(before, after));
  if (!/^<[0-9A-Fa-f]*>$/.test(gap) || gap.slice(1, -1).toLowerCase() !== hex(signature.contents))
    return answer("changed");
  const covered = new Uint8Array(before + rest);
  covered.set(bytes.subarray(0, before));
  covered.set(bytes.subarray(after, after + rest), before);
  const found = read(signature.contents);
  if (!same(await sha256(covered), found.digest)) return answer("changed");
  if (after + rest !== bytes.length) return answer("added");
  const issuer = trust.issuers.find(({ key }) => key === message.key);
  if (!issuer || !issuer.seals.length) return answer("unsealed");
  return answer((await sealed(found, issuer.seals)) ? "whole" : "foreign");
}
