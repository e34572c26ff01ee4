// What an auditor computes (docs/log.md): canonical JSON, commitment, leaf, proofs, signed notes. No page is known here;
// what does not hold throws Failed, with what was expected and what there is.

export class Failed extends Error {
  constructor(expected, got) {
    super(`expected ${expected}, got ${got}`);
    Object.assign(this, { expected: String(expected), got: String(got) });
  }
}

export const expect = (expected, got) => {
  if (expected !== got) throw new Failed(expected, got);
};

// ---- bytes ----

export const encode = (text) => new TextEncoder().encode(text);
export const decode = (bytes) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failed("UTF-8", "other bytes");
  }
};
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
export const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

export function fromBase64(text, length) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Failed("base64", text);
  }
  expect(toBase64(bytes), text); // one way to write it, and no other
  if (length !== undefined) expect(length, bytes.length);
  return bytes;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));

// ---- an event as bytes ----

// RFC 8785 of what a record may hold: strings, integers, booleans, null, arrays, objects with ASCII keys.
export function canonical(value, levels = Infinity) {
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value)) throw new Failed("whole characters", "half of a surrogate pair");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Failed("an integer", value);
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (levels < 1) throw new Failed("no more levels of objects and arrays", "more");
  const inside = (one) => canonical(one, levels - 1);
  if (Array.isArray(value)) return `[${value.map(inside).join(",")}]`;
  const members = Object.keys(value).sort();
  const odd = members.find((name) => /[^\0-\x7f]/.test(name));
  if (odd !== undefined) throw new Failed("names of members in ASCII", odd);
  return `{${members.map((name) => `${canonical(name)}:${inside(value[name])}`).join(",")}}`;
}

const LARGEST_EVENT = 65_535; // bytes
const DEEPEST = 20; // levels of objects and arrays, of which the event is the first
const COUNT = /^[1-9]\d*$/;
const FORMS = {
  claim: /^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/,
  commitment: /^"[0-9a-f]{64}"$/,
  data: /^{.*}$/s,
  recorded_at: /^"(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"$/,
  recorded_by: /^".*"$/s,
  redacted: COUNT,
  salt: /^"[A-Za-z0-9+/]{21}[AQgw]=="$/,
  type: /^"[a-z_]+"$/, // those of the codebook, which the page has words for
  v: /^1$/,
  version: COUNT,
};

function checkForm(event) {
  const gone = "redacted" in event ? ["data", "salt"] : ["commitment", "redacted"];
  expect(Object.keys(FORMS).filter((name) => !gone.includes(name)).join(), Object.keys(event).sort().join());
  for (const [name, value] of Object.entries(event)) {
    const text = canonical(value);
    if (!FORMS[name].test(text)) throw new Failed(`${name}: ${FORMS[name].source}`, text.slice(0, 80));
  }
  const at = event.recorded_at.slice(0, 23); // a day that there is not is read as another one, or as none
  const day = new Date(`${at}Z`);
  const there = Number.isNaN(day.getTime()) ? "" : day.toISOString().slice(0, 23);
  if (there !== at) throw new Failed("an instant", event.recorded_at);
}

// A member called __proto__ is a member like any other; JSON.parse makes it one.
export function readEvent(bytes) {
  if (bytes.length > LARGEST_EVENT) throw new Failed(`at most ${LARGEST_EVENT} bytes`, bytes.length);
  const text = decode(bytes);
  let event;
  try {
    event = JSON.parse(text);
  } catch {
    throw new Failed("JSON", text.slice(0, 80));
  }
  expect(canonical(event, DEEPEST), text);
  checkForm(Object(event));
  return event;
}

export async function commitmentOf(event) {
  if ("redacted" in event) return event.commitment;
  return toHex(await sha256(fromBase64(event.salt, 16), encode(canonical(event.data))));
}

export async function leafOf(event) {
  const entry = { ...event, commitment: await commitmentOf(event) };
  for (const gone of ["redacted", "data", "salt"]) delete entry[gone];
  return sha256([0], encode(canonical(entry)));
}

// ---- the tree: RFC 9162, sections 2.1.3.2 and 2.1.4.2 ----

const nodeOf = (left, right) => sha256([1], left, right);

export async function rootFromInclusion(leaf, position, size, proof) {
  let [at, last, root, used] = [BigInt(position), BigInt(size) - 1n, leaf, 0];
  if (at > last) throw new Failed(`a position below ${size}`, position);
  while (last) {
    if (at & 1n || at < last) {
      if (used === proof.length) throw new Failed("more hashes in the proof", proof.length);
      const sibling = proof[used++];
      root = at & 1n ? await nodeOf(sibling, root) : await nodeOf(root, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  expect(used, proof.length);
  return root;
}

export async function checkConsistency(old, now, proof) {
  if (old.size === now.size || old.size === 0) {
    expect(toBase64(old.size ? now.root : await sha256()), toBase64(old.root));
    return expect(0, proof.length);
  }
  let [at, last] = [BigInt(old.size) - 1n, BigInt(now.size) - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  const [first, ...rest] = at ? proof : [old.root, ...proof]; // a whole node is not in the proof
  if (!first) throw new Failed("hashes in the proof", 0);
  let [was, is] = [first, first];
  for (const sibling of rest) {
    if (!last) throw new Failed("fewer hashes in the proof", proof.length);
    if (at & 1n || at === last) {
      [was, is] = [await nodeOf(sibling, was), await nodeOf(sibling, is)];
      while (at && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      is = await nodeOf(is, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last) throw new Failed("more hashes in the proof", proof.length);
  expect(toBase64(old.root), toBase64(was));
  expect(toBase64(now.root), toBase64(is));
}

// ---- signed notes: C2SP signed-note, tlog-checkpoint, tlog-proof ----

const LONGEST_NOTE = 64_000; // characters

export function readNote(note) {
  if (note.length > LONGEST_NOTE) throw new Failed(`at most ${LONGEST_NOTE} characters`, note.length);
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Failed("a signed note", note.slice(0, 80));
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const found = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    if (!found) throw new Failed("a signature", line);
    return { name: found[1], bytes: fromBase64(found[2]) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

export function readCheckpoint(note) {
  const read = readNote(note);
  const [origin, size, root] = read.text.split("\n");
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Failed("a log size", size);
  return { ...read, note, origin, size: Number(size), root: fromBase64(root ?? "", 32) };
}

export function readProof(text) {
  const end = text.indexOf("\n\n");
  const [format, index, ...path] = text.slice(0, end).split("\n");
  expect("c2sp.org/tlog-proof@v1", format);
  return { index, path: path.map((part) => fromBase64(part, 32)), checkpoint: readCheckpoint(text.slice(end + 2)) };
}

// Answers false where this browser has no Ed25519.
export async function checkSignature({ text, signatures }, verifierKey) {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey) ?? [];
  if (!name) throw new Failed("a verifier key", verifierKey);
  const bytes = fromBase64(key, 33);
  expect(1, bytes[0]);
  expect(toHex((await sha256(encode(`${name}\n`), bytes)).slice(0, 4)), id);
  const made = signatures.filter((one) => one.name === name && toHex(one.bytes.slice(0, 4)) === id);
  if (!made.length) throw new Failed(`${name}+${id}`, signatures.map((one) => one.name).join(", "));
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", bytes.slice(1), { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return false;
    throw new Failed("an Ed25519 key", error.message);
  }
  for (const one of made) {
    const good = await crypto.subtle.verify({ name: "Ed25519" }, imported, one.bytes.slice(4), encode(text));
    expect("a signature of this text", good ? "a signature of this text" : "a signature of something else");
  }
  return true;
}

// Which events of a claim name another.
export const isNaming = ({ data }, version) =>
  data?.regarding === version || data?.amended === version || data?.amendments?.includes(version);

const NAMING_NONE = ["reworded", "comment_requested", "joined", "parted"]; // types whose words name no event

// Those of which nobody can tell what they named: their words are gone, and no redaction says which event they amended.
export function findErased(events) {
  const alone = events.filter(({ type }) => type === "amended").map(({ version }) => version);
  const known = events.flatMap(({ data }) =>
    data?.amended < data?.regarding && alone.includes(data.regarding) ? [data.regarding] : (data?.amendments ?? []),
  );
  return events.filter(({ redacted, version, type }) => redacted && !known.includes(version) && !NAMING_NONE.includes(type));
}
