/**
 * How a page says things: words, names, identifiers, quantities, times.
 *
 * Pure and total: whatever stands in a member that validity does not read is shown as
 * written or not at all. A word without a message is shown as it is, a number as it is
 * signed, a time in the offset it was written with. Dates are put together as the locale
 * says, from its own names of months. Twin of `ledger/wording.py`.
 */

import { canonical } from "./encoding.js";

/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./bindings.js").Party} Party */
/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */

/** @typedef {[name: string, text: string]} Fact a name that no other fact of its statement has */
/** @typedef {Readonly<Record<string, string>>} Messages */
/** @typedef {(identifier: string) => string} Names gives the display name of a party or a place */
/** @typedef {Json | undefined} Member */

const GS1 = "https://id.gs1.org/";

// Visible ASCII only: what stays encoded cannot break out of its line.
const ENCODED = /%(2[1-9A-F]|[3-6][0-9A-F]|7[0-9A-E])/g;
// Embeddings, overrides and isolates: with one of them a text could turn round what
// stands beside it. They have no form of their own, so nothing visible is lost.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const NUMBER = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$/;
const THOUSANDS = /\B(?=([0-9]{3})+$)/g;
/** So many digits are read at a glance. */
const UNGROUPED = 4;
const DATE = /^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$/;
const MOMENT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$/;
const BLANK = /\{([a-z]+)\}/g;
const DAY = /^([1-9]|[12][0-9]|3[01])$/;
const TAG = /^[A-Za-z0-9-]+$/;
const FALLBACK = "en";
const IN_XINJIANG = ["ug", "kk"];
const QUANTITIES = /** @type {const} */ ([
  ["value", "uom"],
  ["quantity", "uom"],
  ["gs1:value", "gs1:unitCode"],
]);

/**
 * Know no name.
 *
 * @param {string} _identifier
 * @returns {string}
 */
export function nobody(_identifier) {
  return "";
}

/**
 * Return what parties and places were called when an entry was logged.
 *
 * A party without a name is called by its identifier. If that has the word for its kind,
 * with one word after it and one or none before, the locale's word stands first instead:
 * `sim-household-7` is *Household sim-7*.
 *
 * A place is called after the parties that have it and by its own last segment: but the
 * place that one party alone has, with that party's own segments, is called as the party is.
 *
 * @param {Bindings} directory with every admission of every party that a reader is told of
 * @param {number} index of the entry
 * @param {Messages} messages the locale's texts
 * @returns {Names}
 */
export function namesAt(directory, index, messages) {
  return (identifier) => {
    const party = directory.partyAt(identifier, index);
    if (party) return partyName(party, messages);
    // Identifiers are ASCII, so every language puts them in the same order.
    const holders = [...directory.parties.keys()]
      .sort()
      .flatMap((name) => directory.partyAt(name, index) || [])
      .filter(({ places }) => places.includes(identifier));
    const called = holders.map((holder) => partyName(holder, messages)).join(", ");
    const [first] = holders;
    if (!first || (holders.length === 1 && identifier === ownPlace(first))) return called;
    const shown = short(identifier);
    const segment = identifier.startsWith(GS1) ? shown : shown.slice(shown.lastIndexOf("/") + 1);
    return `${called} · ${segment}`;
  };
}

/**
 * Show a party or a place by its name, or else by what tells it from others.
 *
 * @param {string} identifier
 * @param {Names} names
 * @returns {string}
 */
export function named(identifier, names) {
  const shown = short(identifier);
  return names(identifier) || withoutKind(withoutKind(shown, "party/"), "place/") || shown;
}

/**
 * Return facts without what would turn text round, and without empty ones.
 *
 * @param {readonly Fact[]} facts
 * @returns {Fact[]}
 */
export function visible(facts) {
  /** @type {Fact[]} */
  const plain = facts.map(([name, shown]) => [name, shown.replace(TURNING, "")]);
  return plain.filter(([, shown]) => shown !== "");
}

/**
 * Return a fact, or none if there is nothing to show.
 *
 * @param {string} name
 * @param {string | false | null} shown
 * @returns {Fact[]}
 */
export function given(name, shown) {
  return shown ? [[name, shown]] : [];
}

/**
 * Return facts of one name, numbered.
 *
 * @param {string} name
 * @param {readonly string[]} texts
 * @returns {Fact[]}
 */
export function numbered(name, texts) {
  return texts.map((shown, place) => [`${name}.${place}`, shown]);
}

/**
 * Return the message for a word of a kind, or else the word.
 *
 * @param {string} kind
 * @param {string} name
 * @param {Messages} messages
 * @returns {string}
 */
export function word(kind, name, messages) {
  const message = messages[`${kind}.${name}`];
  return message === undefined ? name : message;
}

/**
 * Return a text in the reader's language, or else in another, or as first given.
 *
 * Of others English is likeliest to be understood; in Xinjiang, before it, Chinese.
 * Texts with a language are `{"@language": …, "@value": …}`, alone or in a list; several
 * in the chosen language are all shown. What is not a text is left out.
 *
 * @param {Member} value
 * @param {string} lang
 * @returns {string}
 */
export function phrase(value, lang) {
  /** @type {{tag: string, shown: string}[]} */
  const tagged = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const tag = member(item, "@language");
    const said = isObject(item) ? item["@value"] : item;
    const shown = typeof said === "boolean" ? "" : text(said);
    if (shown) tagged.push({ tag: typeof tag === "string" ? tag : "", shown });
  }
  const [first] = tagged;
  if (!first) return "";
  const { tag: chosen } =
    [lang, ...(IN_XINJIANG.includes(lang) ? ["zh"] : []), FALLBACK].flatMap((wanted) => tagged.find(({ tag }) => speaks(tag, wanted)) || [])[0] ||
    first;
  return tagged.flatMap(({ tag, shown }) => (tag === chosen ? [shown] : [])).join(", ");
}

/**
 * Show a number, and its unit in words if it has one.
 *
 * @param {string} value
 * @param {Member} unit
 * @param {Messages} messages
 * @returns {string}
 */
export function measure(value, unit, messages) {
  const code = text(unit);
  const shown = grouped(value, messages);
  return code ? `${shown} ${word("unit", code, messages)}` : shown;
}

/**
 * Return a number with its thousands set apart, if it is long; else as it is.
 *
 * @param {string} shown
 * @param {Messages} messages
 * @returns {string}
 */
export function grouped(shown, messages) {
  if (!NUMBER.test(shown)) return shown;
  const [whole = "", ...fraction] = shown.split(".");
  if (whole.replace("-", "").length <= UNGROUPED) return shown;
  const sign = messages["number.group"] || "";
  return [whole.replace(THOUSANDS, () => sign), ...fraction].join(".");
}

/**
 * Show a number, or a text that is one, as it is signed; else nothing.
 *
 * @param {Member} value
 * @returns {string}
 */
export function number(value) {
  const shown = text(value);
  return NUMBER.test(shown) ? shown : "";
}

/**
 * Show a number with its unit; nothing if there is none.
 *
 * The members are those of EPCIS, of the ledger or of GS1's vocabulary.
 *
 * @param {Member} value
 * @param {Messages} messages
 * @returns {string}
 */
export function quantity(value, messages) {
  for (const [amount, unit] of QUANTITIES) {
    const shown = number(member(value, amount));
    if (shown) return measure(shown, member(value, unit), messages);
  }
  return "";
}

/**
 * Show the minute, and the offset it is written in: two clocks rule in Xinjiang.
 *
 * @param {string} moment
 * @param {Messages} messages
 * @returns {string}
 */
export function time(moment, messages) {
  const pattern = messages["date.time"];
  return filled(pattern === undefined ? "{day} {clock} ({zone})" : pattern, {
    day: date(moment.slice(0, 10), messages),
    clock: moment.slice(11, 16),
    zone: `UTC${moment.endsWith("Z") ? "" : offset(moment.slice(-6))}`,
  });
}

/**
 * Show a date, or a time to the minute; nothing if it is neither.
 *
 * @param {Member} value
 * @param {Messages} messages
 * @returns {string}
 */
export function day(value, messages) {
  const written = text(isObject(value) ? value["@value"] : value);
  if (DATE.test(written)) return date(written, messages);
  return MOMENT.test(written) ? time(written, messages) : "";
}

/**
 * Show `YYYY-MM-DD` or `YYYY-MM` in words; what names no such day as written.
 *
 * @param {string} written
 * @param {Messages} messages
 * @returns {string}
 */
export function date(written, messages) {
  const [, of, ...rest] = written.split("-").map((part) => part.replace(/^0+/, ""));
  const month = of === undefined ? undefined : messages[`date.month.${of}`];
  const pattern = messages[rest.length === 1 ? "date.day" : "date.month"];
  const number = rest.length === 1 ? String(rest[0]) : "1";
  if (month === undefined || pattern === undefined || !DAY.test(number)) return written;
  return filled(pattern, { day: number, month, year: written.slice(0, 4) });
}

/**
 * Show an identifier as people read it.
 *
 * GS1's keys stand in brackets before their values; of the ledger's own, the part that
 * all of them share is left out.
 *
 * @param {string} identifier
 * @returns {string}
 */
export function short(identifier) {
  if (identifier.startsWith(GS1)) {
    const segments = identifier.slice(GS1.length).split("/").map(decode);
    const shown = segments.map((part, place) => (place % 2 === 0 ? `(${part})` : part));
    return shown.join(" ").replace(/ +$/, "");
  }
  const at = identifier.indexOf("/id/");
  const isOwn = at >= 0 && identifier.slice(0, at).startsWith("https://");
  return isOwn ? identifier.slice(at + 4) : identifier;
}

/**
 * Return a text without a beginning that says of what kind it is.
 *
 * @param {string} shown
 * @param {string} kind
 * @returns {string}
 */
export function withoutKind(shown, kind) {
  return shown.startsWith(kind) ? shown.slice(kind.length) : shown;
}

/**
 * Return a string as it is, a number or a boolean as it is signed, else nothing.
 *
 * @param {Member} value
 * @returns {string}
 */
export function text(value) {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? canonical(value) : "";
}

/**
 * Return the items of a list; of anything else, none.
 *
 * @param {Member} value
 * @returns {Json[]}
 */
export function items(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * Return a member of an object; of anything else, nothing.
 *
 * @param {Member} value
 * @param {string} name
 * @returns {Member}
 */
export function member(value, name) {
  return isObject(value) ? value[name] : undefined;
}

/**
 * @param {Member} value
 * @returns {value is JsonObject}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {string} written
 * @returns {string} as it is spoken: `+8`, `-9:30`, nothing for none
 */
function offset(written) {
  const hours = written.slice(1, 3).replace(/^0/, "");
  const minutes = written.slice(3) === ":00" ? "" : written.slice(3);
  return written.slice(1) === "00:00" ? "" : written.slice(0, 1) + hours + minutes;
}

/**
 * @param {string} pattern
 * @param {Readonly<Record<string, string>>} blanks
 * @returns {string}
 */
function filled(pattern, blanks) {
  return pattern.replace(BLANK, (blank, name) =>
    Object.hasOwn(blanks, name) ? String(blanks[name]) : blank,
  );
}

/**
 * @param {Party} party
 * @returns {string}
 */
function ownPlace({ id }) {
  return id.replace("/id/party/", "/id/place/");
}

/**
 * @param {Party} party
 * @param {Messages} messages
 * @returns {string}
 */
function partyName({ id, kind, name }, messages) {
  const called = name || withoutKind(short(id), "party/");
  const dashed = `-${called}`;
  const at = dashed.indexOf(`-${kind}-`);
  const before = dashed.slice(1, Math.max(at, 1));
  const after = dashed.slice(at + kind.length + 2);
  // With more words, two identifiers could come to be called the same.
  if (name || at < 0 || after === "" || `${before}${after}`.includes("-")) return called;
  return `${word("role", kind, messages)} ${before ? `${before}-` : ""}${after}`;
}

/**
 * @param {string} tag
 * @param {string} lang
 * @returns {boolean} whether a language tag is of a language, in whatever variety
 */
function speaks(tag, lang) {
  // Beyond ASCII, languages of code differ in what is lower case.
  return TAG.test(tag) && tag.toLowerCase().split("-")[0] === lang;
}

/**
 * @param {string} spelled
 * @returns {string}
 */
function decode(spelled) {
  return spelled.replace(ENCODED, (_, byte) => String.fromCharCode(parseInt(byte, 16)));
}
