/**
 * The entry of the saved verifier: judges a passport under a policy, both given by its
 * reader, with the modules of the page. It asks nobody, and keeps nothing.
 *
 * `api/verifier.py` puts it into one file, with all that it imports.
 */

import { contentOf } from "./content.js";
import { labelOf } from "./naming.js";
import { decodeUtf8, encodeUtf8 } from "./verify/encoding.js";
import { Refusal } from "./verify/errors.js";
import { isLabel } from "./verify/fragment.js";
import { identifiersFromPath, parseIdentifier } from "./verify/identifier.js";
import { parsePassport } from "./verify/passport.js";
import { unjudged } from "./verify/verdict.js";
import { verifyPassport } from "./verify/verify.js";
import { time } from "./verify/wording.js";
import { put, showBlock, showChecking, showVerdict } from "./view.js";
import { say, tell } from "./words.js";

/** @typedef {import("./content.js").Block} Block */
/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./verify/identifier.js").Identifier} Identifier */
/** @typedef {import("./verify/passport.js").Passport} Passport */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./words.js").Messages} Messages */
/** @typedef {import("./words.js").Told} Told */

/**
 * What the reader gave.
 *
 * @typedef {object} Given
 * @property {Uint8Array} passport
 * @property {Uint8Array} policy
 * @property {string} code that is printed on the pack, or empty
 */

/**
 * What was looked for: of the code, or of the passport if there is none.
 *
 * @typedef {object} Wanted
 * @property {string} subject
 * @property {string | null} lot
 * @property {string | null} label
 */

/** @typedef {{verdict: Verdict, wanted: Wanted, isCompared: boolean, nowMs: number}} Judged */

const BREATH_MS = 100;
const PASSPORT = '"caravan/passport/';
/** Kazakh as it is written in Kazakhstan, which no page has. */
const CYRILLIC = /^kk-(.*-)?(cyrl|latn)\b|^kk-kz$/;
/** The blocks that stand below the verdict, and only if it is verified. */
const BLOCKS = /** @type {const} */ (["alarms", "members"]);

let lang = "en";
/** @type {Judged | null} */
let judged = null;
/** Counts what was begun: what was overtaken says nothing. */
let turn = 0;

/** Wait for what the reader gives. */
function start() {
  const known = buttons().map(({ dataset }) => dataset.lang || "");
  const asked = navigator.languages.map((tag) => tag.toLowerCase());
  const ordered = [...asked.filter((tag) => !CYRILLIC.test(tag)), ...asked];
  lang = ordered.map((tag) => tag.split("-")[0] || "").find((tag) => known.includes(tag)) || lang;
  for (const button of buttons()) {
    button.addEventListener("click", () => {
      lang = button.dataset.lang || lang;
      showWords();
      showJudged();
    });
  }
  const form = element(document.querySelector("form"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void check();
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer) void take([...event.dataTransfer.files]);
  });
  showWords();
}

/**
 * Put files that were dropped where they belong, whatever they are called; check them if
 * nothing is missing.
 *
 * @param {File[]} files
 */
async function take(files) {
  for (const file of files) {
    const isPassport = decoded(await bytesOf(file)).includes(PASSPORT);
    const holder = new DataTransfer();
    holder.items.add(file);
    input(isPassport ? "passport" : "policy").files = holder.files;
  }
  if (input("passport").files?.length && hasPolicy()) await check();
}

/** @returns {boolean} */
function hasPolicy() {
  return Boolean(input("policy").files?.length || input("pasted").value.trim());
}

/** Judge what was given, and say what came out. */
async function check() {
  turn += 1;
  const mine = turn;
  const messages = words();
  judged = null;
  showBelow(null);
  const [file] = input("passport").files || [];
  const [policyFile] = input("policy").files || [];
  const pasted = input("pasted").value.trim();
  if (!file || !hasPolicy()) {
    showVerdict(said("verdict.cannot-check.title", file ? "verifier.no-policy" : "verifier.no-file"));
    reveal();
    return;
  }
  showChecking(say(messages, "verdict.checking.title"), say(messages, "verifier.reading"));
  reveal();
  /** @type {Given} */
  const given = {
    passport: await bytesOf(file),
    // What is pasted rarely ends in a newline, as a policy does.
    policy: pasted ? encodeUtf8(`${pasted}\n`) : policyFile ? await bytesOf(policyFile) : new Uint8Array(),
    code: input("code").value.trim(),
  };
  if (!decoded(given.passport).includes(PASSPORT)) {
    if (mine === turn) showVerdict(said("verdict.cannot-check.title", "verifier.no-passport"));
    return;
  }
  const found = await judge(given, (done, total) => {
    if (mine !== turn) return;
    const progress = say(words(), "verdict.checking.progress", { done, total });
    showChecking(say(words(), "verdict.checking.title"), progress);
  });
  if (mine !== turn) return;
  judged = found;
  showJudged();
  reveal();
}

/**
 * Return the verdict on a passport, under what its reader trusts.
 *
 * @param {Given} given
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<Judged>}
 */
async function judge({ passport, policy, code }, onProgress) {
  const isCompared = code !== "";
  const nowMs = Date.now();
  /** @type {Wanted} */
  let wanted = { subject: "", lot: null, label: null };
  try {
    wanted = wantedIn(code, parsePassport(passport));
  } catch (error) {
    if (error instanceof Refusal && error.code === "identifier") {
      // What was typed is no code: that says nothing against the goods.
      const verdict = { ...unjudged("yours"), code: error.code, detail: error.message };
      return { verdict, wanted, isCompared, nowMs };
    }
    // The verifier says what is wrong with the passport.
  }
  let breath = Date.now();
  const verdict = await verifyPassport(passport, {
    ...wanted,
    policy,
    policySource: "yours",
    nowMs,
    onProgress: async (done, total) => {
      if (Date.now() - breath < BREATH_MS) return;
      onProgress(done, total);
      await new Promise((resolve) => setTimeout(resolve));
      breath = Date.now();
    },
  });
  return { verdict, wanted, isCompared, nowMs };
}

/**
 * Return what a code names, as a page reads it from its own address; throws `identifier`.
 *
 * @param {string} code an address, with or without its beginning, or an identifier
 * @param {Passport} passport whose word is taken where there is no code
 * @returns {Wanted}
 */
function wantedIn(code, passport) {
  if (code === "") return { subject: passport.subject, lot: null, label: null };
  const [origin = ""] = decodeUtf8(passport.checkpoint).split("\n");
  const [host = ""] = origin.split("/");
  const [path = ""] = code.replace(/^(https?:\/\/)?[^/]*/i, "").split(/[?#]/);
  const named = path ? identifiersFromPath(path, { host }) : [parseIdentifier(code, { host })];
  const [first, ...others] = named;
  if (!first) throw new Refusal("identifier", "code: names nothing");
  const lot = first.kind === "serial" ? others.find(({ kind }) => kind === "lot") : undefined;
  const fragment = code.includes("#") ? code.slice(code.indexOf("#")) : "";
  return {
    subject: first.text,
    lot: lot ? lot.text : null,
    label: isLabel(fragment) ? fragment : null,
  };
}

/** Say again what came out, in the reader's language. */
function showJudged() {
  if (judged === null) return;
  showVerdict(toldOf(judged, words()));
  showBelow(judged.verdict.outcome === "verified" ? judged : null);
}

/**
 * Return the words for a verdict. Without a code, nothing ties it to a pack: that is
 * never green.
 *
 * @param {Judged} found
 * @param {Messages} messages
 * @returns {Told}
 */
function toldOf({ verdict, wanted, isCompared, nowMs }, messages) {
  const told = tell(verdict, messages, {
    subject: wanted.subject,
    hasLot: wanted.lot !== null,
    difference: null,
    alarms: [],
    claim: "",
    clock: { nowMs, zoneMinutes: -new Date(verdict.witnessedAt || nowMs).getTimezoneOffset() },
  });
  // There is nothing below that could be taken for confirmed.
  const nothing = say(messages, "verdict.not-verified.nothing-changed");
  const paragraphs = told.paragraphs.filter((text) => text !== nothing);
  if (verdict.outcome !== "verified" || isCompared) return { ...told, paragraphs };
  const items = [say(messages, "verifier.absent.code"), ...told.absent.items];
  const absent = { ...told.absent, items };
  if (told.state !== "verified") return { ...told, paragraphs, absent };
  const title = say(messages, "verifier.partial.title");
  // What was checked is no longer the title.
  return { ...told, paragraphs: [told.title, ...paragraphs], absent, state: "partial", title };
}

/**
 * Write what stands below the verdict, or take it away.
 *
 * @param {Judged | null} found
 */
function showBelow(found) {
  const messages = words();
  const below = element(document.querySelector("#below"));
  below.hidden = found === null;
  const alarms = element(document.querySelector("#alarms"));
  if (found === null) {
    alarms.replaceChildren();
    return;
  }
  const { verdict, wanted } = found;
  const content = contentOf(verdict, messages, lang);
  const { blocks, parts } = content;
  const text = { mark: say(messages, "article.checked"), more: say(messages, "members.more") };
  for (const name of BLOCKS) showBlock(name, unlinked(blocks[name]), text);
  element(document.querySelector("#members")).hidden = blocks.members.length === 0;
  show("#simulated", blocks.simulated.flat().map(([, simulated]) => simulated).join(" "));
  const title = parts.find(([name]) => name === "title");
  show("#name", title ? title[1] : "");
  show("#named", wanted.subject);
  const facts = element(document.querySelector("#facts"));
  facts.replaceChildren(
    ...blocks.product.flat().map(([name, fact]) => term(labelOf(name, messages), fact)),
  );
  element(document.querySelector("#signers")).replaceChildren(
    ...signersIn(verdict, content, messages).map((signer) => {
      const item = document.createElement("li");
      put(item, signer);
      return item;
    }),
  );
}

/**
 * Return who signed what counts, how much, and when it was logged.
 *
 * @param {Verdict} verdict
 * @param {Content} content of it
 * @param {Messages} messages
 * @returns {string[]}
 */
function signersIn({ statements }, { articles }, messages) {
  const names = new Map(
    articles.map(({ index, facts }) => [index, (facts.find(([name]) => name === "who") || [])[1]]),
  );
  /** @type {Map<string, string[]>} */
  const times = new Map();
  for (const { index, logTime, isApart } of statements) {
    const who = names.get(index);
    if (isApart || who === undefined) continue;
    times.set(who, [...(times.get(who) || []), time(logTime, messages)]);
  }
  return [...times].map(([who, [first = "", ...more]]) => {
    const last = more.at(-1);
    const key = last === undefined ? "verifier.signer.once" : "verifier.signer";
    return say(messages, key, { who, count: more.length + 1, first, last: last || "" });
  });
}

/**
 * Return rows without links: a file on a disk leads nowhere.
 *
 * @param {Block} rows
 * @returns {Block}
 */
function unlinked(rows) {
  return rows.map((row) => row.map(([name, text]) => /** @type {const} */ ([name, text])));
}

/**
 * @param {string} label
 * @param {string} text
 * @returns {HTMLElement}
 */
function term(label, text) {
  const made = document.createElement("div");
  const name = document.createElement("dt");
  const value = document.createElement("dd");
  name.textContent = label;
  put(value, text);
  made.append(name, value);
  return made;
}

/**
 * Return what is told when nothing could be judged.
 *
 * @param {string} title
 * @param {string} text
 * @returns {Told}
 */
function said(title, text) {
  const messages = words();
  return {
    state: "cannot-check",
    alarm: "",
    title: say(messages, title),
    attention: null,
    paragraphs: [say(messages, text)],
    absent: { title: "", items: [] },
    more: { title: say(messages, "verdict.more"), lines: [] },
  };
}

/** Bring the verdict into view, and to who cannot see it. */
function reveal() {
  const verdict = element(document.querySelector("#verdict"));
  verdict.hidden = false;
  verdict.scrollIntoView({ block: "start" });
}

/** @returns {HTMLElement[]} one for each language */
function buttons() {
  return [...document.querySelectorAll("button[data-lang]")].map(element);
}

/** Write the words of the form in the reader's language. */
function showWords() {
  const messages = words();
  document.title = say(messages, "verifier.title");
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = say(messages, element(place).dataset.text || "");
  }
  for (const button of buttons()) {
    const isChosen = button.dataset.lang === lang;
    button.setAttribute("aria-pressed", String(isChosen));
    if (!isChosen) continue;
    document.documentElement.lang = button.lang;
    document.documentElement.dir = button.dir;
  }
}

/** @returns {Messages} the words that came in this file */
function words() {
  return JSON.parse(element(document.querySelector(`#words-${lang}`)).textContent || "{}");
}

/**
 * @param {string} selector
 * @param {string} text empty hides the place
 */
function show(selector, text) {
  const place = element(document.querySelector(selector));
  put(place, text);
  place.hidden = text === "";
}

/**
 * @param {Blob} file
 * @returns {Promise<Uint8Array>}
 */
async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} whatever they are
 */
function decoded(bytes) {
  return new TextDecoder().decode(bytes);
}

/**
 * @param {string} id
 * @returns {HTMLInputElement | HTMLTextAreaElement}
 */
function field(id) {
  const found = document.querySelector(`#${id}`);
  if (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) return found;
  throw new Error(`page: no field ${id}`);
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
function input(id) {
  return /** @type {HTMLInputElement} */ (field(id));
}

/**
 * @param {Element | null} found
 * @returns {HTMLElement}
 */
function element(found) {
  if (!(found instanceof HTMLElement)) throw new Error("page: something is missing");
  return found;
}

start();
