// Check an event, and the log, in the reader's own browser, trusting the server as little as a page of its own can, and
// tell what the verified bytes say. Nothing else on the page is looked at.
//
// The page has the words for each step and for what comes of it; which steps there are is said here. What an auditor
// computes is in audit.js; the page's head says where that is, as its name holds its hash.

const { Failed, expect, encode, decode, toHex, toBase64, fromBase64, canonical, readEvent, commitmentOf, leafOf, isNaming,
  findErased, rootFromInclusion, checkConsistency, readNote, readCheckpoint, readProof, checkSignature } = await import(
  document.querySelector("link[rel=modulepreload]").href
);

class Unchecked extends Error {} // says, by the name of one of the page's texts, why a step was not taken
const MEMORY = "onrecord-log";
const LARGEST = 16_000_000; // bytes of an answer
const RETRACE = "/log/consistency";

async function ask(path, accept = "application/json") {
  const asked = { headers: { Accept: accept }, cache: "no-store", credentials: "same-origin" };
  const answer = await fetch(path, asked).catch(() => null);
  if (!answer?.ok) throw new Unchecked("unreachable", { cause: `${path}: ${answer?.status ?? "…"}` });
  const parts = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: null }));
    if (value === null) throw new Unchecked("unreachable", { cause: `${path}: …` });
    if (done) return new Response(new Blob(parts), { headers: answer.headers });
    parts.push(value);
    size += value.length;
    if (size > LARGEST) {
      reader.cancel();
      throw new Unchecked("unreachable", { cause: `${path}: > ${LARGEST} bytes` });
    }
  }
}

const recall = () => {
  try {
    return JSON.parse(localStorage.getItem(MEMORY));
  } catch {
    return null; // nothing is kept here, or nothing that can be read
  }
};
const keep = ({ origin, size, root }, key) => {
  try {
    const seen = { origin, size, root: toBase64(root), key, at: new Date().toISOString() };
    localStorage.setItem(MEMORY, JSON.stringify(seen));
  } catch {
    // A browser that keeps nothing begins anew each time; the step said so.
  }
};

const addressOf = ({ claim, version }) => `/claims/${claim}/events/${version}`;

const STEPS = {
  async bytes(facts) {
    const answer = await ask(`${facts.address}.json`);
    facts.position = Number(answer.headers.get("Log-Position"));
    const event = readEvent(new Uint8Array(await answer.arrayBuffer()));
    expect(facts.address, addressOf(event));
    facts.event = event;
    return `${event.type}, ${event.recorded_at}, ${event.recorded_by}`;
  },
  async commitment({ event }) {
    if (!event) throw new Unchecked("unreached");
    if ("redacted" in event) throw new Unchecked("redacted"); // its salt is gone with the words
    return commitmentOf(event);
  },
  async leaf(facts) {
    if (!facts.event) throw new Unchecked("unreached");
    facts.leaf = await leafOf(facts.event);
    return toHex(facts.leaf);
  },
  async inclusion(facts) {
    if (!facts.leaf) throw new Unchecked("unreached");
    const proof = readProof(decode(await (await ask(`/log/proof?position=${facts.position}`, "*/*")).arrayBuffer()));
    facts.checkpoint = proof.checkpoint;
    expect(String(facts.position), proof.index.replace("index ", ""));
    const root = await rootFromInclusion(facts.leaf, facts.position, proof.checkpoint.size, proof.path);
    expect(toBase64(proof.checkpoint.root), toBase64(root));
    return toBase64(root);
  },
  async signature(facts) {
    facts.checkpoint ??= readCheckpoint(decode(await (await ask("/log/checkpoint", "*/*")).arrayBuffer()));
    const { origin, size } = facts.checkpoint;
    expect(facts.key.split("+")[0], origin);
    if (!(await checkSignature(facts.checkpoint, facts.key))) throw new Unchecked("no_ed25519");
    facts.signed = true;
    return `${origin}, ${size}`;
  },
  async growth(facts) {
    const [now, seen] = [facts.checkpoint, recall()];
    if (!now) throw new Unchecked("unreached");
    facts.grown = !seen;
    if (facts.grown) return facts.say("first");
    expect(seen.origin, now.origin);
    if (now.size < seen.size) throw new Failed(facts.say("at_least", seen), String(now.size));
    if (seen.key !== facts.key) await followKeys(seen.key, facts.key);
    await retrace({ size: seen.size, root: fromBase64(seen.root, 32) }, now);
    facts.grown = true;
    return facts.say("since", seen);
  },
  async later(facts) {
    if (!facts.leaf || !facts.checkpoint) throw new Unchecked("unreached");
    const evidence = await (await ask(`/claims/${facts.event.claim}/evidence`)).json();
    const events = await readHistory(evidence, facts);
    const [last, own] = [events.length, events[facts.event.version - 1]];
    if (!own) throw new Failed(facts.event.version, last);
    expect(toHex(facts.leaf), toHex(await leafOf(own)));
    const after = events.slice(own.version);
    facts.later = after.filter((event) => isNaming(event, own.version));
    if (own.redacted > last) throw new Unchecked("erasure_early");
    const redactions = facts.later.filter(({ type, data }) => type === "redacted" && data?.amended !== own.version);
    const erasing = redactions.map(({ version }) => version);
    if ("redacted" in own) expect(String(own.redacted), erasing.join(", "));
    const erased = findErased(after);
    const [which, lost] = [facts.later, erased].map((found) => found.map(({ version }) => version).join(", "));
    const word = [erased.length ? "none_kept" : "none_later", "one_later"][facts.later.length] ?? "some_later";
    const told = facts.say(word, { last, which });
    return lost ? `${told}; ${facts.say(erased.length > 1 ? "some_lost" : "one_lost", { lost })}` : told;
  },
};
const OF_EVENT = Object.keys(STEPS);
const OF_LOG = ["signature", "growth"];

// Follows a checkpoint to one that is no smaller.
async function retrace(old, now) {
  const grown = old.size < now.size && old.size > 0;
  const { proof } = grown ? await (await ask(`${RETRACE}?from=${old.size}&to=${now.size}`)).json() : { proof: [] };
  await checkConsistency(old, now, proof.map((part) => fromBase64(part, 32)));
}

// The whole history of a claim as evidence has it, each event of it proved.
async function readHistory(evidence, { event: { claim }, checkpoint, key }) {
  const newer = readCheckpoint(evidence.checkpoint);
  if (newer.size < checkpoint.size) throw new Failed(checkpoint.size, newer.size);
  if (!(await checkSignature(newer, key))) throw new Unchecked("no_ed25519");
  await retrace(checkpoint, newer);
  const events = [];
  for (const { position, event: told, proof } of evidence.events) {
    const event = readEvent(encode(canonical(told)));
    expect(addressOf({ claim, version: events.length + 1 }), addressOf(event));
    const path = proof.map((part) => fromBase64(part, 32));
    const root = await rootFromInclusion(await leafOf(event), position, newer.size, path);
    expect(toBase64(newer.root), toBase64(root));
    events.push(event);
  }
  return events;
}

// A key may be replaced: then each one, in a note that it signed, names the one that follows.
async function followKeys(from, to) {
  const { keys } = await (await ask("/log/keys")).json();
  for (let at = from; at !== to; ) {
    const next = keys.find(({ statement }) => statement?.split("\n")[3] === at);
    if (!next) throw new Failed(at, to);
    const note = readNote(next.statement);
    expect(`onrecord-log-key/1,${at},${next.verifier_key}`, [0, 3, 4].map((n) => note.text.split("\n")[n]).join());
    if (!(await checkSignature(note, at))) throw new Unchecked("no_ed25519");
    keys.splice(keys.indexOf(next), 1); // a circle ends
    at = next.verifier_key;
  }
}

// One run over the steps of a panel; what is told of each stands beside it, and the verdict is announced.
async function run(panel) {
  const { content } = panel.querySelector("template");
  const words = new Map([...content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const say = (word, values = {}) => (words.get(word) ?? word).replace(/{(\w+)}/g, (_, name) => values[name] ?? "");
  const verdict = panel.querySelector(".verdict-line");
  const conclude = (came, values, word = came) => {
    verdict.textContent = say(word, values);
    verdict.dataset.came = came;
    if (panel.dataset.event) panel.querySelector(".by-hand")?.toggleAttribute("open", came === "insecure");
    panel.querySelector("[data-forget]").hidden = came !== "bad" || !recall();
  };
  for (const old of panel.querySelectorAll(".result, .told")) old.remove();
  if (!globalThis.crypto?.subtle) return conclude("insecure");
  conclude("running");
  const address = panel.dataset.event;
  const items = [...panel.querySelectorAll("[data-step]")];
  const steps = (address ? OF_EVENT : OF_LOG).join(", ");
  if (steps !== items.map((item) => item.dataset.step).join(", ")) return conclude("bad", { steps }, "incomplete");
  const facts = { address, say, later: [] };
  const came = { failed: [], unchecked: [] };
  try {
    const log = await (await ask("/log.json")).json();
    facts.key = log.verifier_key;
    if (!log.checkpoint) return conclude("unsigned");
    const position = address && Number((await ask(`${address}.json`)).headers.get("Log-Position"));
    if (position >= log.checkpoint.size) return conclude("early", log.checkpoint);
    for (const [n, item] of items.entries()) await take(item, n + 1, facts, came);
  } catch (error) {
    const known = error instanceof Unchecked;
    return conclude(known ? error.message : "unreachable", { why: known ? error.cause : String(error) });
  }
  const { checkpoint, event } = facts;
  // What was seen gives way to nothing but what is signed and extends it: a question that got no answer changes no memory.
  if (!came.failed.length && facts.signed && facts.grown) keep(checkpoint, facts.key);
  const values = { size: checkpoint?.size, steps: came.failed.join(", "), n: event?.redacted };
  const partly = came.unchecked.some((why) => why !== "redacted");
  if (!came.failed.length && facts.signed && event) panel.querySelector(".steps").after(tellSigned(facts));
  if (came.failed.length || partly) conclude(came.failed.length ? "bad" : "partly", values);
  else conclude("good", values, values.n ? "erased" : "good");
}

async function take(item, number, facts, came) {
  const { say } = facts;
  const tell = (how, text) => item.append(put("span", `result ${how}`, text));
  try {
    tell("held", say("held", { what: await STEPS[item.dataset.step](facts) }));
  } catch (error) {
    if (error instanceof Unchecked) {
      came.unchecked.push(error.message);
      tell("unchecked", say("unchecked", { why: say(error.message, { why: error.cause }) }));
    } else {
      // What is not told in the form that the documents give fails like what is told falsely.
      came.failed.push(number);
      tell("failed", say("failed", { expected: error.expected ?? "…", got: error.got ?? String(error) }));
    }
  }
}

// ---- what the verified bytes say ----

function put(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

// The event, and those after it that name it, folded.
function tellSigned({ event, later, say }) {
  const told = put("div", "told", "");
  told.append(put("h4", "", say("signed", { n: event.version })), put("p", "", say("compared")), listMembers(event));
  for (const one of later) {
    const folded = put("details", "", "");
    folded.append(put("summary", "", say("naming", { n: one.version, type: one.type })), listMembers(one));
    told.append(folded);
  }
  return told;
}

// Each member by its place in the event, its value as it stands there.
function listMembers(event) {
  const list = put("dl", "", "");
  for (const [name, value] of flatten(event)) {
    const [term, told] = [put("dt", "", ""), put("dd", "", "")];
    term.append(...showAll(name));
    told.dir = "auto";
    told.append(...showAll(typeof value === "string" && value ? value : canonical(value)));
    list.append(term, told);
  }
  return list;
}

function flatten(value, at = "") {
  const inside = Object(value) === value ? Object.entries(value) : [];
  if (!inside.length) return [[at, value]];
  return inside.flatMap(([name, one]) => flatten(one, at ? `${at}/${name}` : name));
}

// What a reader would not see of a text, or would see it by what it does to its neighbours, is shown by its number.
const UNSEEN = /([\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800])/u;
function showAll(text) {
  return text.split(UNSEEN).map((part, n) => {
    if (n % 2 === 0 || part === "\n") return part;
    return put("bdi", "unseen", `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  });
}

// On a claim's page, the panel of an event is fetched from the event's own page and set under the event.
async function open(link) {
  const event = link.closest(".event");
  let panel = document.getElementById(new URL(link.href).hash.slice(1));
  if (!panel) {
    const answer = await ask(link.href.split("#")[0], "text/html").catch(() => null);
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page?.querySelector(".auditing")) return location.assign(link.href);
    panel = document.adoptNode(page.querySelector(".auditing"));
    event.querySelector(".event-body").append(panel);
  }
  panel.querySelector("[data-run]").hidden = false;
  panel.querySelector(".auditing-title").focus();
  return run(panel);
}

document.addEventListener("click", (click) => {
  const link = click.target.closest("a.verify");
  const panel = click.target.closest(".auditing");
  if (link && !click.ctrlKey && !click.metaKey && !click.shiftKey) {
    click.preventDefault();
    open(link);
  } else if (panel && click.target.matches("[data-run]")) {
    run(panel);
  } else if (panel && click.target.matches("[data-forget]")) {
    localStorage.removeItem(MEMORY);
    run(panel);
  }
});
for (const button of document.querySelectorAll(".auditing [data-run]")) button.hidden = false;
