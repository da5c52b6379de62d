/**
 * Step 19: what the page shows is what was verified.
 *
 * The server has written every fact into the page before anything was checked. Each is
 * compared with the one computed from the verified statements: its text, the word in
 * front of it, where it leads; each article with the section it stands in and its place
 * among the others; and of what stands between, every word. The first that differs turns
 * the verdict, with its place named. Pure: no document.
 */

import { kindWord, labelOf } from "./naming.js";
import { Refusal } from "./verify/errors.js";
import { say } from "./words.js";
import { spelled } from "./whole.js";

/** @typedef {import("./content.js").Article} Article */
/** @typedef {import("./content.js").BlockName} BlockName */
/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./whole.js").Sum} Sum */
/** @typedef {import("./verify/identifier.js").Identifier} Identifier */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * A fact as it stands in the page.
 *
 * @typedef {object} PageFact
 * @property {string} name
 * @property {string} text
 * @property {string} [href] where it leads
 * @property {string} [label] the word in front of it
 */

/** @typedef {{index: number, isApart: boolean, facts: readonly PageFact[]}} PageArticle */

/** @typedef {{name: string, spelling: string}} PageDrawing */

/**
 * What stands in the page of all the way, which the first answer need not hold.
 *
 * @typedef {object} PageWhole
 * @property {number} size of the ledger when it was summed up; 0 if nothing was
 * @property {readonly PageFact[]} facts
 * @property {readonly PageDrawing[]} drawings
 * @property {readonly string[]} words
 */

/**
 * What stands in the page, as far as it comes from statements.
 *
 * @typedef {object} PageContent
 * @property {number} size of the ledger when the page was made
 * @property {boolean} hasAll it says that it shows every article
 * @property {readonly PageArticle[]} articles in the order in which they stand
 * @property {Readonly<Record<BlockName, readonly PageFact[]>>} blocks
 * @property {readonly PageDrawing[]} drawings
 * @property {PageWhole} whole
 * @property {readonly string[]} words all other text in the page, save what the script
 *   writes and what is not checked
 * @property {readonly string[]} unchecked what stands first in each part of the page that
 *   is not checked
 */

/** @typedef {"fact" | "fact-missing" | "fact-extra" | "article-missing" | "article-extra" | "article-moved" | "drawing" | "word"} DifferenceKind */

const STEP = 19;
/** Messages that a page has between its facts. */
const WORDS = /^(check|footer|label|members|page|part|product|profile|site|whole)\.|^[a-z]+\.hint$/;
/** Signs that say nothing: no pictures, and none that turn what stands beside them. */
const SIGNS = /^[\s\p{P}]*$/u;
/** The names of the languages, each in its own. */
const LANGUAGES = ["简体中文", "ئۇيغۇرچە", "قازاقشا", "English"];
/** How to check from one's own machine. */
const COMMAND = /^caravan verify https?:\/\/[A-Za-z0-9.:[\]-]+$/;
/** What a part of the page that is not checked begins with. */
const UNCHECKED = ["page.unchecked.title", "profile.title", "lookups.title", "whole.unchecked"];
const BLOCKS = /** @type {const} */ ([
  "simulated", "alarms", "product", "members", "growth", "milk",
]);

/** Parts of a page that come from what was verified, and not from the code alone. */
const OF_CONTENT = /^(title$|records$|fold\.)/;

/** Say where the page and the statements part. */
export class Difference extends Refusal {
  /**
   * @param {DifferenceKind} kind
   * @param {number | "code" | "page"} place index of the article; or what the page says
   *   of the scanned code, or of all of it
   * @param {{fact?: string, shown?: string, signed?: string}} [what]
   */
  constructor(kind, place, { fact = "", shown = "", signed = "" } = {}) {
    super("fact-mismatch", `${kind} ${fact}: got ${shown}, want ${signed}`);
    this.kind = kind;
    this.place = place;
    this.index = typeof place === "number" ? place : null;
    this.step = STEP;
    this.fact = fact;
    this.shown = shown;
    this.signed = signed;
  }
}

/**
 * Check that a page shows what was verified, all of it and nothing else; throws
 * `fact-mismatch`, or `stale` when the ledger has a newer statement than the page.
 *
 * @param {PageContent} page
 * @param {Content} content
 * @param {Messages} messages
 */
export function verifyShown(page, content, messages) {
  const shown = new Map(page.articles.map((article) => [article.index, article]));
  for (const index of content.indices) {
    if (!shown.has(index) && index >= page.size) {
      throw Object.assign(new Refusal("stale", `page: without entry ${index}`), { step: STEP });
    }
  }
  for (const article of content.articles) {
    const found = shown.get(article.index);
    if (!found) throw new Difference("article-missing", article.index);
    if (found.isApart !== article.isApart) throw new Difference("article-moved", article.index);
    verifyFacts(article.index, found.facts, article.facts, messages);
  }
  verifyPlaces(page.articles, content.articles);
  for (const name of BLOCKS) {
    verifyFacts("page", page.blocks[name], content.blocks[name].flat(), messages);
  }
  verifyDrawings(page.drawings, content.sums);
  verifyWords(page.words, messages);
  for (const title of page.unchecked) {
    if (!UNCHECKED.some((key) => say(messages, key) === collapse(title))) {
      throw new Difference("word", "page", { shown: title });
    }
  }
}

/**
 * Check that what a page sums up of all the way is what was verified; throws
 * `fact-mismatch`. Who sums up another ledger, a smaller one, has said nothing of this.
 *
 * @param {PageWhole} shown
 * @param {readonly Sum[]} whole
 * @param {number | null} size of the ledger that was verified
 * @param {Messages} messages
 */
export function verifyWhole(shown, whole, size, messages) {
  if (shown.size !== size) return;
  const facts = whole.flatMap(({ rows }) => rows.flat());
  verifyFacts("page", shown.facts, facts, messages);
  verifyDrawings(shown.drawings, whole);
  verifyWords(shown.words, messages);
}

/**
 * Check that each drawing is the one that was made here, and stands there once.
 *
 * @param {readonly PageDrawing[]} shown
 * @param {readonly Sum[]} sums
 */
function verifyDrawings(shown, sums) {
  const drawn = sums.flatMap(({ name, drawing }) => (drawing ? `${name} ${spelled(drawing)}` : []));
  const found = shown.map(({ name, spelling }) => `${name} ${spelling}`);
  if (drawn.sort().join("\n") !== found.sort().join("\n")) {
    throw new Difference("drawing", "page");
  }
}

/**
 * Check the title of a page, and what it says of each fold of articles; throws
 * `fact-mismatch`.
 *
 * @param {readonly PageFact[]} parts all that the page has
 * @param {Content} content
 * @param {Messages} messages
 */
export function verifyParts(parts, content, messages) {
  const shown = parts.filter(({ name }) => OF_CONTENT.test(name));
  verifyFacts("page", shown, content.parts, messages);
}

/**
 * Return the parts of a page that come from the code alone.
 *
 * @param {readonly PageFact[]} parts all that the page has
 * @returns {PageFact[]}
 */
export function ofCode(parts) {
  return parts.filter(({ name }) => !OF_CONTENT.test(name));
}

/**
 * Check that every article was verified and stands where it belongs.
 *
 * @param {readonly PageArticle[]} shown
 * @param {readonly Article[]} verified in their order
 */
function verifyPlaces(shown, verified) {
  const known = new Set(verified.map(({ index }) => index));
  for (const { index } of shown) {
    if (!known.has(index)) throw new Difference("article-extra", index);
  }
  // Of two articles with one index only the last was compared.
  if (shown.length !== verified.length) throw new Difference("article-extra", "page");
  const ordered = [
    ...verified.filter(({ isApart }) => !isApart),
    ...verified.filter(({ isApart }) => isApart),
  ];
  for (const [place, { index }] of ordered.entries()) {
    if (shown[place]?.index !== index) throw new Difference("article-moved", index);
  }
}

/**
 * Check that what stands between the facts are words of the page, and no statement of
 * somebody's own: nor those in which the script tells its verdict.
 *
 * @param {readonly string[]} words
 * @param {Messages} messages
 */
function verifyWords(words, messages) {
  const own = Object.entries(messages).filter(([key]) => WORDS.test(key));
  const known = new Set([...LANGUAGES, ...own.map(([, text]) => collapse(text))]);
  for (const word of words) {
    if (SIGNS.test(word) || known.has(collapse(word))) continue;
    if (!COMMAND.test(collapse(word))) throw new Difference("word", "page", { shown: word });
  }
}

/**
 * Return what a page shows of the code it is about: what kind of thing it names, by
 * which name, and each key of it with its value, the lot that was scanned with it too.
 *
 * @param {Identifier} identifier
 * @param {Messages} messages
 * @param {Identifier | null} [lot]
 * @returns {ShownFact[]}
 */
export function partsOf({ text, kind, parts }, messages, lot = null) {
  const named = kindWord(kind, parts, messages);
  /** @type {ShownFact[]} */
  const shown = [["kind", named], ["name", parts.at(-1) || ""]];
  if (kind === "own") return [...shown, ["own", text]];
  const keys = new URL(text).pathname.split("/").filter((_, place) => place % 2 === 1);
  for (const [place, part] of parts.entries()) shown.push([keys[place] || "", part]);
  if (lot !== null) shown.push(["10", lot.parts.at(-1) || ""]);
  return shown;
}

/**
 * Check that facts are those that were verified, all of them and nothing else; throws
 * `fact-mismatch`.
 *
 * @param {number | "code" | "page"} place where they stand
 * @param {readonly PageFact[]} facts as shown
 * @param {readonly ShownFact[]} verified
 * @param {Messages} messages
 */
export function verifyFacts(place, facts, verified, messages) {
  const shown = new Map(facts.map((fact) => [fact.name, fact]));
  for (const [fact, text, href] of verified) {
    const got = shown.get(fact);
    const signed = collapse(text);
    if (got === undefined) throw new Difference("fact-missing", place, { fact, signed });
    if (collapse(got.text) !== signed) {
      throw new Difference("fact", place, { fact, shown: got.text, signed });
    }
    if (got.href !== href) {
      const to = { shown: got.href || "", signed: href || "" };
      throw new Difference("fact", place, { fact, ...to });
    }
    const label = labelOf(fact, messages);
    if (got.label !== undefined && collapse(got.label) !== collapse(label)) {
      throw new Difference("fact", place, { fact, shown: got.label, signed: label });
    }
  }
  const known = new Set(verified.map(([fact]) => fact));
  for (const [at, { name, text }] of facts.entries()) {
    const isDouble = facts.findIndex((other) => other.name === name) !== at;
    if (isDouble || !known.has(name)) {
      throw new Difference("fact-extra", place, { fact: name, shown: text });
    }
  }
}

/**
 * Return a text as a browser lays it out: white space is one blank.
 *
 * @param {string} text
 * @returns {string}
 */
function collapse(text) {
  return text.replace(/[ \t\n\r]+/g, " ").trim();
}
