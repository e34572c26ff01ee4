// What a page shows of an event, held to what the event says: members to the texts that are marked as such, which must
// be in the reader's sight, and a list of all the words beside them, which are held to nothing.

const { Failed } = await import(document.querySelector("link[rel=modulepreload]").href);

// What a reader sees of a text, here and on the page: no control and direction characters, and runs of blanks as one.
export const shown = (text) => text.normalize("NFC").replace(/[\p{C}\ufffd]/gu, "").replace(/\s+/gu, "");

// Members that a page shows wherever an event has them; all others it may.
const SHOWN = new RegExp(
  "^(type|recorded_at|recorded_by|(party|by|on_behalf_of|speaker)/name|(party|by)/country|speaker/role|summary|scope" +
    "|quote/(text|translation|translated_by)|said_on(_text)?|strength|attribution|grade|likelihood|confidence" +
    "|rating/text|via/\\d+|utterance|note|source/(publisher|title|url|published_on|reliability)|credibility|text" +
    "|regarding|reason|authority|relation|deadline|question)$",
);
const isUntold = (name, value, { type }) =>
  ["strength=plain", "attribution=on_record"].includes(`${name}=${value}`) || // what is so where nothing is said
  (name === "text" && type !== "opened") ||
  (name === "party/country" && type === "comment_requested");

// The members of a value, each with where it is in it.
function flatten(value, at = "") {
  if (value === null) return [];
  if (typeof value !== "object") return [[at, String(value)]];
  return Object.entries(value).flatMap(([name, inside]) => flatten(inside, at ? `${at}/${name}` : name));
}

// What an event says: of an amendment, as the reading of another event, or on its own.
export function membersOf({ type, data, recorded_at, recorded_by }, amends) {
  if (amends) return new Map(flatten({ ...data.statement, type: data.type, reason: data.reason }));
  const own = type === "amended" ? { ...data, statement: { ...data.statement, type: data.type } } : data;
  return new Map(flatten({ ...own, type, recorded_at, recorded_by }));
}

// What an event reads by: itself and, where it was amended, each amendment; with what the page marks as its members.
export function readingsOf(address, around) {
  const own = /\d+$/.exec(address)[0];
  const parts = [...around.querySelectorAll("[data-reading]")].reverse(); // a page has the last first
  const numbers = parts.length ? parts.map((part) => part.dataset.reading) : [own];
  const marked = [...around.querySelectorAll("[data-member]")];
  const whose = (one) => one.closest("[data-reading]")?.dataset.reading ?? own;
  return numbers.map((number) => ({
    address: address.replace(/\d+$/, number),
    marked: marked.filter((one) => whose(one) === number),
    folds: number !== numbers.at(-1), // what was amended since is folded away
  }));
}

// Holds each text that is marked as a member to that member, as it stands or as the page tells it, in the open; answers
// all members.
export function compare({ marked, folds }, members, told, say) {
  const missed = new Set(members.keys());
  const quoted = (name) => `${name}: \u201c${plain(members.get(name))}\u201d`;
  for (const one of marked) {
    const name = one.dataset.member;
    const got = one.matches("a") ? one.getAttribute("href") : one.textContent.trim();
    if (!members.has(name)) throw new Failed(`${name}: ${say("nothing")}`, got);
    const value = members.get(name);
    const of = shown(name === "type" ? `${value} ${members.get("extent") ?? ""}` : value);
    const ways = told.filter(({ dataset }) => dataset.told === name && shown(dataset.of) === of);
    const expected = ways.length ? ways.map((way) => way.textContent) : [value];
    if (!expected.some((way) => shown(way) === shown(got))) throw new Failed(`${name}: ${expected[0]}`, got);
    if (isHidden(one)) throw new Failed(say("to_be_shown", { what: quoted(name) }), say("hidden"));
    if (folds || !isFolded(one)) missed.delete(name);
    if (name === "type" && ways.length && !missed.has(name)) missed.delete("extent"); // the same words: "in part", or not
  }
  for (const name of missed) {
    const needed = SHOWN.test(name) && !isUntold(name, members.get(name), Object.fromEntries(members));
    if (!needed) continue;
    const folded = marked.some((one) => one.dataset.member === name);
    if (folded) throw new Failed(say("to_be_shown", { what: quoted(name) }), say("hidden"));
    throw new Failed(quoted(name), say("nothing"));
  }
  const held = [...members.keys()].filter((name) => !missed.has(name)).map(quoted);
  return [...held, ...(missed.size ? [say("unshown", { what: [...missed].map(quoted).join(", ") })] : [])].join("\n");
}

// ---- what is in sight ----

const plain = (text) => text.replace(/[\p{C}\s]+/gu, " ").trim();
const isFolded = (one) => one.closest(".event details") !== null;

// Looks at an event as it is with everything unfolded, and leaves it as it was.
export function unfolded(around, look) {
  const folds = [...around.querySelectorAll("details:not([open])")].filter((one) => !one.closest(".auditing"));
  for (const fold of folds) fold.open = true;
  try {
    return look();
  } finally {
    for (const fold of folds) fold.open = false;
  }
}

function textsIn(element) {
  const texts = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (shown(walker.currentNode.data)) texts.push(walker.currentNode);
  return texts;
}

// Where on the screen a text is, by its lines.
function linesOf(text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
}

const isRendered = (text) => text.parentElement.checkVisibility() && linesOf(text).length > 0;
const isWithin = ({ x, y, width, height }, box) =>
  x + width / 2 >= box.left && x + width / 2 <= box.right && y + height / 2 >= box.top && y + height / 2 <= box.bottom;

// What is laid over a text, and colours that are alike, are not looked for.
function isOutOfSight(text) {
  if (!isRendered(text)) return true;
  const lines = linesOf(text);
  const own = getComputedStyle(text.parentElement);
  if (own.visibility !== "visible" || /, 0\)$/.test(own.webkitTextFillColor)) return true;
  if (lines.some((line) => line.height < 5 || line.right + scrollX < 1 || line.bottom + scrollY < 1)) return true;
  let opacity = 1;
  for (let element = text.parentElement; element; element = element.parentElement) {
    const style = getComputedStyle(element);
    const { clip, clipPath, filter, maskImage, overflowX, overflowY } = style;
    opacity *= style.opacity;
    if (opacity < 0.5 || clip !== "auto" || [clipPath, filter, maskImage].some((one) => (one ?? "none") !== "none")) return true;
    if (element === document.body || [overflowX, overflowY].every((one) => !/hidden|clip/.test(one))) continue;
    const box = element.getBoundingClientRect();
    if (!lines.every((line) => isWithin(line, box))) return true;
  }
  return false;
}

const isHidden = (one) => textsIn(one).some(isOutOfSight);

// The words of an event that are marked as no member of it, passage by passage.
export function listUnmarked(around) {
  const passages = [];
  let last = null;
  for (const text of textsIn(around)) {
    const parent = text.parentElement;
    if (parent.closest(".auditing, script, style, template") || !isRendered(text)) continue;
    const marked = parent.closest("[data-member]:not(a)"); // of a link, its address is compared
    let block = marked ? null : parent;
    while (block && getComputedStyle(block).display === "inline") block = block.parentElement;
    if (block && block !== last) passages.push("");
    if (block) passages.push(passages.pop() + text.data);
    last = block;
  }
  const worded = passages.map(plain).filter((passage) => /[\p{L}\p{N}\p{S}]/u.test(passage));
  return worded.map((passage) => `\u201c${passage}\u201d`).join(", ");
}
