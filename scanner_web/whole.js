/**
 * What a page sums up of everything that a code came from.
 *
 * The first answer need not hold all of the way: these blocks are made once all of it is
 * verified, and until then the page says that its own are not checked. The server makes
 * the same (`api/whole.py`); shown.js compares. Pure: no document.
 */

import { labelOf } from "./naming.js";

/** @typedef {import("./content.js").Block} Block */
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

/** @type {Readonly<Record<string, Rows>>} */
const ROWS = {};
/** @type {Readonly<Record<string, Drawing>>} */
const DRAWINGS = {};
/** The sections of a page that sum up the whole, and their blocks. */
export const PLACES = /** @type {const} */ ([
  ["pack", ["share"]],
  ["journey", ["way", "map", "cold", "balance", "tests", "gaps"]],
]);
const OF_WHOLE = PLACES.flatMap(([, names]) => names);
/** Blocks that the page of one thing has, from the first answer. */
export const OF_ANIMALS = /** @type {const} */ (["growth", "milk"]);

/**
 * Return the blocks of the whole that have anything to say; null while some of what the
 * code came from is left open.
 *
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {Sum[] | null}
 */
export function wholeOf(verdict, names) {
  return verdict.members.some(({ isOpen }) => isOpen) ? null : sumsOf(verdict, OF_WHOLE, names);
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
    const [rows, drawing] = [ROWS[name], DRAWINGS[name]];
    const made = {
      name,
      rows: rows ? rows(accounts, known) : [],
      drawing: drawing ? drawing(accounts, known) : null,
    };
    return made.rows.length > 0 || made.drawing !== null ? [made] : [];
  });
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
  return label.startsWith("label.") ? "" : label;
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
