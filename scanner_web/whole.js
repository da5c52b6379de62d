/**
 * What a page sums up of everything that a code came from.
 *
 * The first answer need not hold all of the way: these blocks are made once all of it is
 * verified, and until then the page says that its own are not checked. The server makes
 * the same (`api/whole.py`); shown.js compares. Pure: no document.
 */

import { labelOf } from "./naming.js";
import { say } from "./words.js";

/** @typedef {import("./content.js").Block} Block */
/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./naming.js").Names} Names */
/** @typedef {import("./verify/account.js").Account} Account */
/** @typedef {import("./verify/verdict.js").Member} Member */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./verify/verdict.js").VerifiedStatement} VerifiedStatement */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * A drawing: its tag, its attributes by name, and what is in it.
 *
 * @typedef {object} Shape
 * @property {string} tag
 * @property {readonly (readonly [name: string, value: string])[]} attributes
 * @property {readonly (Shape | string)[]} children
 */

/**
 * What the accounts are summed up with.
 *
 * @typedef {object} Known
 * @property {readonly Member[]} members
 * @property {string} lang
 * @property {Messages} messages
 * @property {(identifier: string) => string} names
 */

/** @typedef {{name: string, rows: Block, drawing: Shape | null}} Sum */
/** @typedef {(accounts: readonly Account[], known: Known) => Block} Rows */
/** @typedef {(accounts: readonly Account[], known: Known) => Shape | null} Drawing */

/**
 * What makes the blocks, once it is loaded.
 *
 * @type {typeof import("./sums.js") | null}
 */
let made = null;
/** The sections of a page that sum up the whole, and their blocks. */
export const PLACES = /** @type {const} */ ([
  ["pack", ["brief", "share"]],
  ["journey", ["way", "cold", "balance", "tests", "map", "gaps", "animals"]],
]);
const OF_WHOLE = PLACES.flatMap(([, names]) => names);
/** What goes no way at all, and what has a life that is no way of goods. */
const NO_WAY = /\/id\/(party|place)\//;
const NOT_GOODS = /\/id\/animal\//;
const OF_LIFE = ["way", "gaps"];
/** So many rows of a block stand in the open, of others all. @type {Record<string, number>} */
const OPEN_ROWS = { cold: 1, balance: 0, tests: 1, animals: 6, growth: 2, milk: 2 };
const MAX_ANIMALS = 30;
/** The name of a row that belongs to the one before it: `way.1.0` to `way.1`. */
const INNER = /^[a-z]+\.\d+\.\d+$/;
/** Blocks that the page of one thing has, from the first answer. */
export const OF_ANIMALS = /** @type {const} */ (["growth", "milk"]);

/** Load what makes the blocks: no first verdict on a pack waits for it. */
export async function loadSums() {
  made = await import("./sums.js");
}

/** @returns {boolean} whether it is there */
export function hasSums() {
  return made !== null;
}

/**
 * Return the blocks of the whole that have anything to say.
 *
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {Sum[]}
 */
export function wholeOf(verdict, names) {
  const [subject = ""] = verdict.members.map((member) => member.subject);
  const wanted = OF_WHOLE.filter((name) => !(NOT_GOODS.test(subject) && !OF_LIFE.includes(name)));
  return NO_WAY.test(subject) ? [] : sumsOf(verdict, wanted, names);
}

/**
 * Return what of a block stands in the open, and what is folded away: each row with those
 * that belong to it.
 *
 * @param {Sum} sum
 * @returns {[Block[], Block[]]}
 */
export function partsIn({ name, rows }) {
  /** @type {ShownFact[][][]} */
  const entries = [];
  for (const row of rows) {
    const last = entries.at(-1);
    if (last && row[0] && INNER.test(row[0][0])) last.push([...row]);
    else entries.push([[...row]]);
  }
  const open = OPEN_ROWS[name] ?? entries.length;
  // Who folds one line away hides as much as it takes to unfold it.
  const end = entries.length > open + 1 ? open : entries.length;
  return [entries.slice(0, end), entries.slice(end)];
}

/**
 * Return those blocks that have anything to say.
 *
 * @param {Verdict} verdict
 * @param {readonly string[]} blocks which are wanted
 * @param {Names} names
 * @returns {Sum[]}
 */
export function sumsOf({ statements, members, size }, blocks, names) {
  const accounts = accountsOf(statements);
  const { lang, messages } = names;
  const known = { members, lang, messages, names: names.namesAt(size || 0) };
  return blocks.flatMap((name) => {
    const [rows, drawing] = [made?.ROWS[name], made?.DRAWINGS[name]];
    const found = rows ? rows(accounts, known) : name === "animals" ? animalRows(members, names) : [];
    const sum = {
      name,
      rows: found,
      drawing: drawing ? drawing(accounts, known) : null,
    };
    return sum.rows.length > 0 || sum.drawing !== null ? [sum] : [];
  });
}

/**
 * @param {readonly Member[]} members
 * @param {Names} names
 * @returns {Block} the animals that a code came from, each with its page
 */
function animalRows(members, names) {
  const found = members.filter(
    ({ relation, subject }) => relation === "source" && subject.includes("/id/animal/"),
  );
  /** @type {[string, string, string?][][]} */
  const rows = found
    .slice(0, MAX_ANIMALS)
    .map(({ subject }, place) => [[`animals.${place}`, names.name(subject), names.href(subject)]]);
  const count = found.length - MAX_ANIMALS;
  if (count > 0) rows.push([["animals.more", say(names.messages, "fact.more", { count })]]);
  return rows;
}

/**
 * @param {readonly VerifiedStatement[]} statements by index
 * @returns {Account[]} what the events tell
 */
function accountsOf(statements) {
  const declared = declarationsIn(statements);
  return statements.flatMap((given) => {
    const { index, event, parties, about, logTime, flags, isApart } = given;
    if (event === null) return [];
    const by = event.isErrorDeclaration ? undefined : declared.get(identityOf(given));
    const signers = given.statement.signers.length;
    return { index, event, parties, about, logTime, flags, signers, isApart, declaredBy: by ?? null };
  });
}

/**
 * Return where events are taken back, by what they and their declarations share.
 *
 * @param {readonly VerifiedStatement[]} statements by index
 * @returns {Map<string, number>}
 */
export function declarationsIn(statements) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const statement of statements) {
    const id = identityOf(statement);
    const isFirst = statement.event?.isErrorDeclaration && !found.has(id);
    if (isFirst) found.set(id, statement.index);
  }
  return found;
}

/**
 * @param {VerifiedStatement} statement
 * @returns {string} what a declaration of error shares with its original
 */
export function identityOf({ party, event }) {
  return event ? `${party} ${event.eventId}` : "";
}

/**
 * Return the word in front of a fact of a row, if it has one.
 *
 * @param {string} name
 * @param {Messages} messages
 * @returns {string}
 */
export function labelIn(name, messages) {
  const label = labelOf(name, messages);
  // The first of a row is its title.
  const isTitle = name.split(".").length < 3 || INNER.test(name);
  return isTitle || label.startsWith("label.") ? "" : label;
}

/**
 * Return a drawing in one spelling, to compare it.
 *
 * @param {Shape | string} shape
 * @returns {string}
 */
export function spelled(shape) {
  return JSON.stringify(treeOf(shape));
}

/**
 * @param {Shape | string} shape
 * @returns {unknown}
 */
function treeOf(shape) {
  if (typeof shape === "string") return shape;
  const attributes = [...shape.attributes].sort(([one], [other]) => (one < other ? -1 : 1));
  return [shape.tag, attributes, ...shape.children.map(treeOf)];
}
