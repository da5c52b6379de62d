/**
 * What a pack is made of by mass, in rows, and whether its recipe says the same. Twin of
 * `ledger/share.py`.
 */

import { MILLION, ZERO, decimal, descending, fill, isAmount, row, sum } from "./mass.js";
import { flowsOf } from "./massflow.js";
import { millionths } from "./measured.js";
import { measure, member, number, phrase, short, text, word } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./made.js").Made} Made */
/** @typedef {import("./made.js").Unknown} Unknown */
/** @typedef {import("./massflow.js").Flows} Flows */
/** @typedef {import("./mass.js").Reader} Reader */
/** @typedef {import("./mass.js").Row} Row */
/** @typedef {import("./wording.js").Messages} Messages */

const MOST_PARTS = 8;

/**
 * Return what a pack is made of by mass, and whether its recipe says the same.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function shareRows(accounts, { members, lang, messages }) {
  const flows = flowsOf(accounts, members);
  const start = flows.start();
  if (!start) return [];
  const made = flows.madeOf(start);
  if ("reason" in made) return [row("share.0", why(made, messages))];
  const listed = [...made.parts].sort(([, a], [, b]) => descending(a, b));
  const how = made.isExact ? "share.exact" : "share.least";
  const rows = listed.slice(0, MOST_PARTS).map(([key, part], place) => {
    const called = kindOf(key, flows, lang, messages);
    const share = percent(part, made.whole);
    return row(`share.${place}`, fill(how, messages, { part: called, share }));
  });
  if (listed.length > MOST_PARTS) {
    const count = listed.length - MOST_PARTS;
    rows.push(row("share.more", fill("share.more", messages, { count })));
  }
  const rest = made.whole - sum([...made.parts.values()]);
  if (rest > ZERO && !made.isExact) {
    const share = percent(rest, made.whole);
    rows.push(row("share.rest", fill("share.rest", messages, { share })));
  }
  const { length: milkings } = flows.milkings(start);
  const { length: all } = flows.milkings(flows.lot);
  if (milkings) {
    const how = all > milkings ? "share.basis.lot" : "share.basis";
    rows.push(row("share.basis", fill(how, messages, { milkings, all })));
  }
  rows.push(row("share.recipe", recipe(flows, made, lang, messages)));
  return rows.filter(({ length }) => length > 0);
}

/**
 * @param {Unknown} unknown
 * @param {Messages} messages
 */
export function why({ reason, name }, messages) {
  return reason === "cycle"
    ? fill("share.cycle", messages)
    : fill("share.unknown", messages, { name: short(name) });
}

/**
 * Name a part: milk by the species that was milked, else by what is said of it.
 *
 * @param {string} key
 * @param {Flows} flows
 * @param {string} lang
 * @param {Messages} messages
 * @returns {string}
 */
function kindOf(key, flows, lang, messages) {
  const name = key.slice(5);
  if (key.startsWith("milk:")) {
    if (!name) return fill("milk.listed", messages);
    const species = word("species", name, messages);
    return messages[`milk.of.${name}`] || fill("milk.of", messages, { species });
  }
  for (const { event } of [...flows.accounts].reverse()) {
    const called = phrase(member(event.body.ilmd, "gs1:productName"), lang);
    if (called && event.created.includes(name)) return `${called} (${short(name)})`;
  }
  return short(name);
}

/**
 * Tell whether a recipe that was signed for the product says the same.
 *
 * @param {Flows} flows
 * @param {Made} made
 * @param {string} lang
 * @param {Messages} messages
 * @returns {string}
 */
function recipe(flows, made, lang, messages) {
  const listed = flows.recipe();
  if (listed.length === 0) return "";
  /** @type {string[]} */
  const said = [];
  let isOpen = false;
  for (const part of listed) {
    const written = number(member(part, "value"));
    const key = `milk:${text(member(part, "species"))}`;
    if (text(member(part, "uom")) !== "P1" || !isAmount(written) || key === "milk:") {
      return fill("share.recipe.open", messages);
    }
    said.push(`${kindOf(key, flows, lang, messages)} ${measure(written, "P1", messages)}`);
    const want = millionths(written) * made.whole;
    const got = (made.parts.get(key) || ZERO) * MILLION * BigInt(100);
    if (got > want || (made.isExact && got !== want)) {
      return fill("share.recipe.differs", messages, { recipe: joined(said) });
    }
    isOpen = isOpen || got !== want;
  }
  const how = isOpen ? "share.recipe.fits" : "share.recipe.agrees";
  return fill(how, messages, { recipe: joined(said) });
}

/** @param {readonly string[]} said */
function joined(said) {
  return said.slice(0, MOST_PARTS).join(" · ");
}

/**
 * @param {bigint} part
 * @param {bigint} whole
 * @returns {string} tenths of a percent, rounded down
 */
function percent(part, whole) {
  return decimal((part * BigInt(1000)) / whole, 1);
}
