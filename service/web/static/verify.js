// Check an event, and the log, in the reader's own browser, trusting the server as little as a page of its own can.
//
// The page lists the steps, in its own words; each is taken in its order, and what came of it is written beside it.
// What an auditor computes is in audit.js, and how a page is held to an event in showing.js; the page's head says
// where these are, as their names hold their hashes.

const [auditing, showing] = [...document.querySelectorAll("link[rel=modulepreload]")].map((link) => link.href);
const { Failed, expect, decode, toHex, toBase64, fromBase64, readEvent, commitmentOf, leafOf, rootFromInclusion,
  checkConsistency, readNote, readCheckpoint, readProof, checkSignature } = await import(auditing);
const { shown, membersOf, readingsOf, compare, listUnmarked, unfolded } = await import(showing);

class Unchecked extends Error {} // says, by the name of one of the page's texts, why a step was not taken
const MEMORY = "onrecord-log";
const LARGEST = 1_000_000; // bytes of an answer
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

// Takes a step for each reading; of several, it is told which of them is meant.
async function forEach({ readings, say }, check) {
  const told = [];
  for (const reading of readings) {
    const what = await check(reading);
    const n = reading.address.split("/").pop();
    const how = told.length ? "amendment" : "first_logging";
    told.push(readings.length > 1 ? say(how, { n, what }) : what);
  }
  return told.join("\n");
}

const STEPS = {
  async bytes(facts) {
    expect(facts.address, facts.readings[0].address);
    return forEach(facts, async (reading) => {
      const answer = await ask(`${reading.address}.json`);
      reading.position = Number(answer.headers.get("Log-Position"));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const event = readEvent(bytes);
      expect(reading.address, `/claims/${event.claim}/events/${event.version}`);
      if (reading !== facts.readings[0]) {
        expect("amended", event.type);
        expect(facts.readings[0].event.version, event.data.regarding);
      } else {
        const stored = document.querySelector(".stored code"); // on the event's own page
        if (stored) expect(shown(decode(bytes)), shown(stored.textContent));
      }
      reading.event = event;
      return `${event.type}, ${event.recorded_at}, ${event.recorded_by}`;
    });
  },
  async words(facts) {
    return forEach(facts, (reading) => {
      if (!reading.event) throw new Unchecked("unreached");
      if ("redacted" in reading.event) throw new Unchecked("redacted");
      const members = membersOf(reading.event, reading !== facts.readings[0]);
      return unfolded(facts.around, () => compare(reading, members, facts.told, facts.say));
    });
  },
  async commitment(facts) {
    return forEach(facts, ({ event }) => {
      if (!event) throw new Unchecked("unreached");
      if ("redacted" in event) throw new Unchecked("redacted"); // its salt is gone with the words
      return commitmentOf(event);
    });
  },
  async leaf(facts) {
    return forEach(facts, async (reading) => {
      if (!reading.event) throw new Unchecked("unreached");
      reading.leaf = await leafOf(reading.event);
      return toHex(reading.leaf);
    });
  },
  async inclusion(facts) {
    return forEach(facts, async ({ leaf, position }) => {
      if (!leaf) throw new Unchecked("unreached");
      const size = facts.checkpoint ? `&size=${facts.checkpoint.size}` : ""; // all are proved in one log
      const answer = await ask(`/log/proof?position=${position}${size}`, "*/*");
      const proof = readProof(decode(await answer.arrayBuffer()));
      facts.checkpoint ??= proof.checkpoint;
      expect(facts.checkpoint.text, proof.checkpoint.text);
      expect(String(position), proof.index.replace("index ", ""));
      const root = await rootFromInclusion(leaf, position, proof.checkpoint.size, proof.path);
      expect(toBase64(proof.checkpoint.root), toBase64(root));
      return toBase64(root);
    });
  },
  async signature(facts) {
    facts.checkpoint ??= readCheckpoint(decode(await (await ask("/log/checkpoint", "*/*")).arrayBuffer()));
    const { origin, size } = facts.checkpoint;
    expect(facts.key.split("+")[0], origin);
    if (!(await checkSignature(facts.checkpoint, facts.key))) throw new Unchecked("no_ed25519");
    return `${origin}, ${size}`;
  },
  async growth(facts) {
    const [now, seen] = [facts.checkpoint, recall()];
    if (!now) throw new Unchecked("unreached");
    if (!seen) return facts.say("first");
    expect(seen.origin, now.origin);
    if (now.size < seen.size) throw new Failed(facts.say("at_least", seen), String(now.size));
    if (seen.key !== facts.key) await followKeys(seen.key, facts.key);
    const old = { size: seen.size, root: fromBase64(seen.root, 32) };
    const grown = old.size < now.size && old.size > 0;
    const { proof } = grown ? await (await ask(`${RETRACE}?from=${old.size}&to=${now.size}`)).json() : { proof: [] };
    await checkConsistency(old, now, proof.map((part) => fromBase64(part, 32)));
    return facts.say("since", seen);
  },
};

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

// One run over the steps of a panel; what is told of each stands beside it, and the panel is an aria-live region.
async function run(panel) {
  const { content } = panel.querySelector("template");
  const words = new Map([...content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const say = (word, values = {}) => words.get(word).replace(/{(\w+)}/g, (_, name) => values[name] ?? "");
  const verdict = panel.querySelector(".verdict-line");
  const conclude = (word, values) => {
    verdict.textContent = say(word, values);
    verdict.dataset.came = word;
    if (panel.dataset.event) panel.querySelector(".by-hand")?.toggleAttribute("open", word === "insecure");
    panel.querySelector("[data-forget]").hidden = word !== "bad" || !recall();
  };
  for (const old of panel.querySelectorAll(".result")) old.remove();
  if (!globalThis.crypto?.subtle) return conclude("insecure");
  conclude("running");
  const address = panel.dataset.event;
  const told = [...content.querySelectorAll("[data-told]")];
  const around = panel.closest(".event") ?? document.querySelector(".event");
  const facts = { address, say, told, around, readings: address ? readingsOf(address, around) : [], key: null };
  const came = { held: 0, failed: [], unchecked: [] };
  try {
    const log = await (await ask("/log.json")).json();
    facts.key = log.verifier_key;
    if (!log.checkpoint) return conclude("unsigned");
    for (const reading of facts.readings) {
      const position = Number((await ask(`${reading.address}.json`)).headers.get("Log-Position"));
      if (position >= log.checkpoint.size) return conclude("early", log.checkpoint);
    }
    for (const item of panel.querySelectorAll("[data-step]")) await take(item, facts, came, say);
  } catch (error) {
    if (error instanceof Unchecked) return conclude(error.message, { why: error.cause });
    throw error;
  }
  if (!came.failed.length && facts.checkpoint) keep(facts.checkpoint, facts.key);
  const values = { size: facts.checkpoint?.size, steps: came.failed.join(", ") };
  conclude(came.failed.length ? "bad" : came.unchecked.some((why) => why !== "redacted") ? "partly" : "good", values);
}

async function take(item, facts, came, say) {
  const number = [...item.parentNode.children].indexOf(item) + 1;
  const tell = (how, text) => {
    const result = document.createElement("span");
    result.className = `result ${how}`;
    const unmarked = item.dataset.step === "words" ? unfolded(facts.around, () => listUnmarked(facts.around)) : "";
    result.textContent = unmarked ? `${text}\n${say("unmarked", { what: unmarked })}` : text;
    item.append(result);
  };
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
