/**
 * What a page shows of a statement: named texts, the same in both languages.
 *
 * The script builds these from the statement it has verified, compares them with the
 * page, and names the first difference. They are functions of the statement and of one
 * locale file, and total: whatever a valid body holds in members that validity does not
 * read, it is shown as written or not at all. Twin of `ledger/facts.py`.
 */

import { canonical } from "./encoding.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./flags.js").Flag} Flag */

/** @typedef {[name: string, text: string]} Fact */
/** @typedef {Readonly<Record<string, string>>} Messages */
/** @typedef {Json | undefined} Member */

const GS1 = "https://id.gs1.org/";

// Visible ASCII only: what stays encoded cannot break out of its line.
const ENCODED = /%(2[1-9A-F]|[3-6][0-9A-F]|7[0-9A-E])/g;

/** What an event is about: the name of the facts, and the members they come from. */
const ROLES = /** @type {const} */ ([
  ["what", "epcList", "quantityList"],
  ["parent", "parentID", ""],
  ["child", "childEPCs", "childQuantityList"],
  ["input", "inputEPCList", "inputQuantityList"],
  ["output", "outputEPCList", "outputQuantityList"],
  ["transformation", "transformationID", ""],
]);

const VALUES = [
  "value",
  "minValue",
  "maxValue",
  "meanValue",
  "sDev",
  "percRank",
  "percValue",
  "stringValue",
  "booleanValue",
  "hexBinaryValue",
  "uriValue",
];

/**
 * Return the facts of an event, each with a name that no other fact has.
 *
 * @param {Event} event what was signed
 * @param {object} known
 * @param {number} known.index where the statement is; of `flags`, its own are shown
 * @param {string} known.who the issuer's party, by name or by identifier; or empty
 * @param {string} known.logTime the time of the closing seal; or empty
 * @param {readonly Flag[]} known.flags what is odd, about this statement or others
 * @param {Messages} known.messages the locale's texts: `step.shipping` and so on
 * @param {readonly string[]} [known.signedBy] labels of the keys that signed
 * @returns {Fact[]}
 */
export function eventFacts(event, { index, who, logTime, flags, messages, signedBy = [] }) {
  const { body } = event;
  const place = text(member(body.bizLocation, "id"));
  // A register that knows the day only is not shown as if it knew the minute.
  const knowsDayOnly = body["caravan:precision"] === "day";
  const words = /** @type {const} */ ([
    ["disposition", [event.disposition || ""]],
    ["set", event.set],
    ["unset", event.unset],
  ]);
  return [
    ["step", word("step", event.bizStep, messages)],
    ["time", knowsDayOnly ? event.eventTime.slice(0, 10) : time(event.eventTime)],
    ...given("log-time", logTime && time(logTime)),
    ...given("who", withoutParty(short(who))),
    ...given("signed-by", signedBy.join(", ")),
    ["where", short(event.readPoint)],
    ...given("location", place === event.readPoint ? "" : place),
    ...words.flatMap(([name, listed]) => given(name, dispositions(listed, messages))),
    ...about(body, messages),
    ...sensors(body.sensorElementList, messages),
    ...given("source", event.source && `${event.source.register} · ${event.source.record}`),
    ...declared(event, messages),
    ...flagged(
      flags.filter((flag) => flag.index === index),
      messages,
    ),
  ];
}

/**
 * Return the facts of a directory statement.
 *
 * @param {JsonObject} body the body of a valid directory statement
 * @param {object} known
 * @param {string} known.who the party of the key that decided, by name or identifier
 * @param {string} known.logTime the time of the closing seal; or empty
 * @param {Messages} known.messages the locale's texts
 * @returns {Fact[]}
 */
export function directoryFacts(body, { who, logTime, messages }) {
  /** @type {(name: string, from: string) => Fact[]} */
  const party = (name, from) => given(name, withoutParty(short(text(body[from]))));
  /** @type {(name: string, from: string) => Fact[]} */
  const moment = (name, from) => given(name, text(body[from]) && time(text(body[from])));
  /** @type {(name: string, from: string) => Fact[]} */
  const places = (name, from) =>
    items(body[from]).flatMap((item, at) => given(`${name}.${at}`, short(text(item))));
  const answer = word("answer", "yes", messages);
  return [
    ["step", word("action", text(body.action), messages)],
    ...given("log-time", logTime && time(logTime)),
    ...given("who", withoutParty(short(who))),
    ...party("party", "party"),
    ...party("on-behalf-of", "on_behalf_of"),
    ...given("name", text(body.name)),
    ...given("kind", word("role", text(body.kind), messages)),
    ...["key", "registrar", "add", "retire"].flatMap((name) =>
      given(name, keyLabel(body[name])),
    ),
    ...items(body.ledger_keys).flatMap((key, at) => given(`ledger-key.${at}`, keyLabel(key))),
    ...["officer", "importer"].flatMap((name) => given(name, body[name] === true && answer)),
    ...moment("until", "until"),
    ...moment("suspect-since", "suspect_since"),
    ...places("place", "places"),
    ...places("prefix", "prefixes"),
    ...rights(body.rights, messages),
  ];
}

/**
 * @param {Member} value
 * @param {Messages} messages
 * @returns {Fact[]}
 */
function rights(value, messages) {
  /** @type {Fact[]} */
  const steps = items(member(value, "steps")).map((step, at) => {
    const [bizStep = "", disposition = ""] = items(step).map(text);
    const shown = [
      bizStep && word("step", bizStep, messages),
      disposition && word("disposition", disposition, messages),
    ];
    return [`right.${at}`, shown.filter((_, place) => [bizStep, disposition][place]).join(" · ")];
  });
  const words = items(member(value, "persistent")).map(text);
  const shown = words.map((name) => word("disposition", name, messages));
  return [...steps, ...given("persistent", shown.join(", "))];
}

/**
 * Return what an event names, one fact for each.
 *
 * @param {JsonObject} body
 * @param {Messages} messages
 * @returns {Fact[]}
 */
function about(body, messages) {
  return ROLES.flatMap(([name, epcs, quantities]) => {
    const value = body[epcs];
    const named = typeof value === "string" ? [value] : items(value);
    const texts = named.map((epc) => short(text(epc)));
    for (const element of items(body[quantities])) {
      if (!isObject(element)) continue;
      const amount = text(element.quantity);
      const measured = amount && ` · ${measure(amount, element.uom, messages)}`;
      texts.push(short(text(element.epcClass)) + measured);
    }
    return texts.map((shown, at) => /** @type {Fact} */ ([`${name}.${at}`, shown]));
  });
}

/**
 * Return what sensors or people measured, one fact for each report.
 *
 * @param {Member} elements
 * @param {Messages} messages
 * @returns {Fact[]}
 */
function sensors(elements, messages) {
  return items(elements)
    .flatMap((element) => items(member(element, "sensorReport")))
    .filter(isObject)
    .map((report, at) => [`sensor.${at}`, measured(report, messages)]);
}

/**
 * Return what was measured, and the values.
 *
 * @param {JsonObject} report
 * @param {Messages} messages
 * @returns {string}
 */
function measured(report, messages) {
  const named = text(report.component) || text(report.type);
  /** @type {string[]} */
  const values = [];
  for (const name of VALUES) {
    const value = text(report[name]);
    if (!value) continue;
    const isPlain = name === "value" || name === "stringValue";
    const label = isPlain ? "" : `${word("sensor", name, messages)} `;
    values.push(label + measure(value, report.uom, messages));
  }
  const alert = text(report.exception);
  if (alert) values.push(word("sensor", alert, messages));
  return [word("sensor", named, messages), values.join(", ")].filter(Boolean).join(": ");
}

/**
 * @param {Event} event
 * @param {Messages} messages
 * @returns {Fact[]}
 */
function declared(event, messages) {
  if (!event.isErrorDeclaration) return [];
  const reason = text(member(event.body.errorDeclaration, "reason"));
  return [["declared-error", word("error", reason || "unknown", messages)]];
}

/**
 * Return one fact for each code, with what of the details a reader can use.
 *
 * @param {readonly Flag[]} flags
 * @param {Messages} messages
 * @returns {Fact[]}
 */
function flagged(flags, messages) {
  /** @type {Map<string, string[]>} */
  const details = new Map();
  for (const { code, detail } of flags) {
    const useful = detail.startsWith("/") ? [] : [detail];
    details.set(code, [...(details.get(code) || []), ...useful]);
  }
  return [...details].map(([code, found]) => {
    const more = found.length > 0 ? ` (${found.join(", ")})` : "";
    return [`flag.${code}`, word("flag", code, messages) + more];
  });
}

/**
 * @param {readonly string[]} words
 * @param {Messages} messages
 * @returns {string}
 */
function dispositions(words, messages) {
  return words
    .filter(Boolean)
    .map((name) => word("disposition", name, messages))
    .join(", ");
}

/**
 * Return a fact, or none if there is nothing to show.
 *
 * @param {string} name
 * @param {string | false | null} shown
 * @returns {Fact[]}
 */
function given(name, shown) {
  return shown ? [[name, shown]] : [];
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {Messages} messages
 * @returns {string}
 */
function word(kind, name, messages) {
  const message = messages[`${kind}.${name}`];
  return message === undefined ? name : message;
}

/**
 * @param {string} value
 * @param {Member} unit
 * @param {Messages} messages
 * @returns {string}
 */
function measure(value, unit, messages) {
  const code = text(unit);
  return code ? `${value} ${word("unit", code, messages)}` : value;
}

/**
 * Show the minute, and the offset it is written in.
 *
 * @param {string} moment
 * @returns {string}
 */
function time(moment) {
  const zone = moment.endsWith("Z") ? "+00:00" : moment.slice(-6);
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)} (UTC${zone})`;
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
function short(identifier) {
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
 * @param {string} spelled
 * @returns {string}
 */
function decode(spelled) {
  return spelled.replace(ENCODED, (_, byte) => String.fromCharCode(parseInt(byte, 16)));
}

/**
 * @param {string} shown
 * @returns {string}
 */
function withoutParty(shown) {
  return shown.startsWith("party/") ? shown.slice(6) : shown;
}

/**
 * Show the name and the id of a key, not its bytes.
 *
 * @param {Member} vkey
 * @returns {string}
 */
function keyLabel(vkey) {
  return text(vkey).split("+").slice(0, 2).join("+");
}

/**
 * Return a string as it is, a number or a boolean as it is signed, else nothing.
 *
 * @param {Member} value
 * @returns {string}
 */
function text(value) {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? canonical(value) : "";
}

/**
 * @param {Member} value
 * @returns {Json[]}
 */
function items(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {Member} value
 * @param {string} name
 * @returns {Member}
 */
function member(value, name) {
  return isObject(value) ? value[name] : undefined;
}

/**
 * @param {Member} value
 * @returns {value is JsonObject}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
