/**
 * What a page shows of a statement: named texts, the same in both languages.
 *
 * The script builds these from the statement it has verified, compares them with the
 * page, and names the first difference. They are functions of the statement and of one
 * locale file, and total: whatever a valid body holds in members that validity does not
 * read, it is shown as written or not at all. Twin of `ledger/facts.py`.
 */

import { areaName, areaOf } from "./area.js";
import { shownRoot } from "./fragment.js";
import { articleFacts } from "./product.js";
import {
  date,
  day,
  given,
  isObject,
  items,
  measure,
  member,
  named,
  nobody,
  number,
  numbered,
  phrase,
  quantity,
  short,
  text,
  time,
  visible,
  withoutKind,
  word,
} from "./wording.js";

export { productFacts } from "./product.js";
export { namesAt } from "./wording.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./flags.js").Flag} Flag */
/** @typedef {import("./wording.js").Fact} Fact */
/** @typedef {import("./wording.js").Member} Member */
/** @typedef {import("./wording.js").Messages} Messages */
/** @typedef {import("./wording.js").Names} Names */

/**
 * Who reads: in which language, with which words, knowing which names.
 *
 * @typedef {{lang: string, messages: Messages, names: Names}} Reader
 */

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

// What the ledger's own members say: the name of the fact, the member, and for words of
// what kind they are, if they are of a list.
const WORDS = /** @type {const} */ ([
  ["process", "caravan:process", "process"],
  ["mode", "caravan:mode", "mode"],
  ["method", "caravan:method", "method"],
  ["disease", "caravan:disease", "disease"],
  ["vaccine-lot", "caravan:vaccineLot", ""],
  ["calf-share", "caravan:calfShare", "value"],
  ["species", "caravan:species", "species"],
  ["reason", "caravan:reason", "reason"],
]);
const NUMBERS = /** @type {const} */ ([
  ["head", "caravan:head"],
  ["parity", "caravan:parity"],
]);
const DAYS = /** @type {const} */ ([
  ["calved", "caravan:calved"],
  ["withdrawal-until", "caravan:withdrawalUntil"],
]);

// Steps that say less than the process does: that something is now there.
const PLAIN_STEPS = ["commissioning", "creating_class_instance"];

/**
 * Return the facts of an event, each with a name that no other fact has.
 *
 * @param {Event} event what was signed
 * @param {object} known
 * @param {number} known.index where the statement is; of `flags`, its own are shown
 * @param {string} known.who the issuer's party, by name or by identifier; or empty
 * @param {string} known.logTime the time of the closing seal; or empty
 * @param {readonly Flag[]} known.flags what is odd, about this statement or others
 * @param {string} known.lang the reader's language
 * @param {Messages} known.messages the locale's texts: `step.shipping` and so on
 * @param {Names | undefined} [known.names] gives the display name of a party or a place
 * @param {readonly string[]} [known.signedBy] labels of the keys that signed
 * @returns {Fact[]}
 */
export function eventFacts(event, known) {
  const { index, who, logTime, flags, lang, messages, names = nobody, signedBy = [] } = known;
  const { body } = event;
  const reader = { lang, messages, names };
  const place = text(member(body.bizLocation, "id"));
  // A register that knows the day only is not shown as if it knew the minute.
  const knowsDayOnly = body["caravan:precision"] === "day";
  const isSimulated = body["caravan:simulated"] === true;
  const { label, source, eventTime: at } = event;
  return visible([
    ["step", title(event, reader)],
    ["time", knowsDayOnly ? date(at.slice(0, 10), messages) : time(at, messages)],
    ...given("log-time", logTime && time(logTime, messages)),
    ...given("who", named(who, names)),
    ...given("signed-by", signedBy.join(", ")),
    ["where", named(event.readPoint, names)],
    ...given("area", areaName(areaOf(body["caravan:area"]), messages)),
    ...given("location", place !== event.readPoint && named(place, names)),
    ...given("disposition", dispositions([event.disposition || ""], messages)),
    ...given("set", dispositions(event.set, messages)),
    ...given("unset", dispositions(event.unset, messages)),
    ...ends("sender", body.sourceList, "source", reader),
    ...ends("destination", body.destinationList, "destination", reader),
    ...about(body, messages),
    ...articleFacts(body.ilmd, lang, messages),
    ...sensors(body.sensorElementList, reader),
    ...extensions(body, reader),
    ...documents(body.bizTransactionList, reader),
    ...given("printed", label && `#c=${label.size}.${shownRoot(label.root)}`),
    ...given("simulated", isSimulated && word("answer", "simulated", messages)),
    ...given(
      "source",
      source && `${word("register", source.register, messages)} · ${source.record}`,
    ),
    ...declared(event, messages),
    ...flagged(
      flags.filter((flag) => flag.index === index),
      messages,
    ),
  ]);
}

/**
 * Return the word for what was done. A step that EPCIS has no word for is called after
 * its process, or after the profile it carries; a plain one only if the reader has a
 * word for that process.
 *
 * @param {Event} event
 * @param {{lang: string, messages: Messages}} reader
 * @returns {string}
 */
export function title({ bizStep, body }, { lang, messages }) {
  const isOther = bizStep === "other";
  const isProfile = isOther && Object.hasOwn(body, "caravan:profile");
  const done = phrase(body["caravan:process"], lang) || (isProfile ? "caravan:profile" : "");
  if (done && (isOther || PLAIN_STEPS.includes(bizStep))) {
    const said = word("done", done, messages);
    if (isOther || said !== done) return said;
  }
  return word("step", bizStep, messages);
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
  const party = (name, from) => given(name, withoutKind(short(text(body[from])), "party/"));
  /** @type {(name: string, from: string) => Fact[]} */
  const moment = (name, from) => given(name, text(body[from]) && time(text(body[from]), messages));
  /** @type {(name: string, from: string) => Fact[]} */
  const places = (name, from) =>
    items(body[from]).flatMap((item, at) => given(`${name}.${at}`, short(text(item))));
  const answer = word("answer", "yes", messages);
  return visible([
    ["step", word("action", text(body.action), messages)],
    ...given("log-time", logTime && time(logTime, messages)),
    ...given("who", withoutKind(short(who), "party/")),
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
  ]);
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
  const persistent = items(member(value, "persistent")).map(text);
  return [...steps, ...given("persistent", dispositions(persistent, messages))];
}

/**
 * Return where goods come from or go to, and as whose, one fact for each.
 *
 * @param {string} name
 * @param {Member} listed
 * @param {string} spelling
 * @param {Reader} reader
 * @returns {Fact[]}
 */
function ends(name, listed, spelling, reader) {
  const texts = items(listed).flatMap((item) => {
    const end = text(member(item, spelling));
    const kind = says("end", member(item, "type"), reader);
    return end ? [labelled(kind, named(end, reader.names))] : [];
  });
  return numbered(name, texts);
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
    return numbered(name, texts);
  });
}

/**
 * Return what sensors or people measured, one fact for each report.
 *
 * @param {Member} elements
 * @param {Reader} reader
 * @returns {Fact[]}
 */
function sensors(elements, reader) {
  const reports = items(elements).flatMap((element) => items(member(element, "sensorReport")));
  return numbered(
    "sensor",
    reports.filter(isObject).map((report) => measured(report, reader)),
  );
}

/**
 * Return what was measured, and the values.
 *
 * @param {JsonObject} report
 * @param {Reader} reader
 * @returns {string}
 */
function measured(report, { messages }) {
  const component = text(report.component) || text(report.type);
  /** @type {string[]} */
  const values = [];
  for (const spelling of VALUES) {
    const value = text(report[spelling]);
    if (!value) continue;
    const isPlain = spelling === "value" || spelling === "stringValue";
    const label = isPlain ? "" : `${word("sensor", spelling, messages)} `;
    const shown = spelling === "stringValue" ? word("value", value, messages) : value;
    values.push(label + measure(shown, report.uom, messages));
  }
  const alert = text(report.exception);
  if (alert) values.push(word("sensor", alert, messages));
  return labelled(word("sensor", component, messages), values.join(", "));
}

/**
 * Return what the ledger's own members say, in the order of the table.
 *
 * @param {JsonObject} body
 * @param {Reader} reader
 * @returns {Fact[]}
 */
function extensions(body, reader) {
  const { lang, messages } = reader;
  const isCalfFirst = body["caravan:calfFirst"] === true;
  const losses = items(body["caravan:loss"]).flatMap((part) => {
    const amount = quantity(part, messages);
    return amount ? [labelled(says("loss", member(part, "reason"), reader), amount)] : [];
  });
  return [
    ...WORDS.flatMap(([name, spelling, kind]) => given(name, says(kind, body[spelling], reader))),
    ...NUMBERS.flatMap(([name, spelling]) => given(name, number(body[spelling]))),
    ...DAYS.flatMap(([name, spelling]) => given(name, day(body[spelling], messages))),
    ...given("calf-first", isCalfFirst && word("answer", "yes", messages)),
    ...given("vessel", short(phrase(body["caravan:vessel"], lang))),
    ...given("distance", distance(body["caravan:distance"], reader)),
    ...numbered("loss", losses),
  ];
}

/**
 * Return how far, measured how, and from where; nothing without a number.
 *
 * @param {Member} value
 * @param {Reader} reader
 * @returns {string}
 */
export function distance(value, reader) {
  const { messages, names } = reader;
  const far = quantity(value, messages);
  if (!far) return "";
  const start = text(member(value, "from"));
  const parts = [
    far,
    says("distance", member(value, "kind"), reader),
    start && `${word("distance", "from", messages)} ${named(start, names)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/**
 * Return the documents that an event refers to, one fact for each.
 *
 * @param {Member} listed
 * @param {Reader} reader
 * @returns {Fact[]}
 */
function documents(listed, reader) {
  const texts = items(listed).flatMap((item) => {
    const document = text(member(item, "bizTransaction"));
    const kind = says("document", member(item, "type"), reader);
    return document ? [labelled(kind, short(document))] : [];
  });
  return numbered("document", texts);
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
 * @param {readonly string[]} found
 * @param {Messages} messages
 * @returns {string}
 */
function dispositions(found, messages) {
  return found
    .filter(Boolean)
    .map((name) => word("disposition", name, messages))
    .join(", ");
}

/**
 * Return a signed text in the reader's words, as far as there are any.
 *
 * @param {string} kind
 * @param {Member} value
 * @param {Reader} reader
 * @returns {string}
 */
function says(kind, value, { lang, messages }) {
  const said = phrase(value, lang);
  return kind && said ? word(kind, said, messages) : said;
}

/**
 * Return a text after the word for what it is, as far as there are both.
 *
 * @param {string} kind
 * @param {string} shown
 * @returns {string}
 */
function labelled(kind, shown) {
  return [kind, shown].filter(Boolean).join(": ");
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
