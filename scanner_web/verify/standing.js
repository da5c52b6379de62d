/**
 * Standing: whose say about a subject counts.
 *
 * Whoever may sign may state events about anything, so a reader must tell the word of
 * those whose goods these are from the word of a stranger. Standing follows from all
 * events about a subject, in no order and for good: an event declared in error gives it
 * too. A key that acts for another party gives standing to its own party alone. Twin of
 * `ledger/standing.py`.
 */

import { ALARMS } from "./event.js";
import { items, memberOf, settleErrors } from "./goods.js";
import { within } from "./identifier.js";

/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./goods.js").LoggedEvent} LoggedEvent */
/** @typedef {import("./verdict.js").Alarm} Alarm */

/**
 * Who may speak of a subject.
 *
 * @typedef {object} Standing
 * @property {ReadonlySet<string>} creators parties that brought it into being under a
 *   prefix of their own
 * @property {ReadonlySet<string>} parties all that have standing; the creators are
 *   among them
 */

/** The kind of a party whose recall counts whatever it is about. */
const AUTHORITY = "authority";
const BY_CREATORS = new Set(["inactive", "recalled"]);
const BY_ANYBODY = new Set(["non_conformant"]);

/**
 * Return who may speak of a subject.
 *
 * @param {string} subject
 * @param {readonly LoggedEvent[]} events all about it, those declared in error too, in
 *   any order
 * @param {Bindings} directory with every admission of every party that signs one
 * @returns {Standing}
 */
export function standingOf(subject, events, directory) {
  const creators = new Set(
    events.filter((logged) => creates(logged, subject, directory)).map(issuerOf),
  );
  const parties = new Set(creators);
  if (directory.admissions(subject).length > 0) parties.add(subject);
  /** @type {Map<string, LoggedEvent[]>} events by each of their signers' parties */
  const signed = new Map();
  for (const logged of events) {
    for (const party of logged.parties) {
      const others = signed.get(party);
      if (others) others.push(logged);
      else signed.set(party, [logged]);
    }
  }
  for (const party of signed.keys()) {
    if (directory.admissions(party).some(({ places }) => places.includes(subject))) {
      parties.add(party);
    }
  }
  // A set is walked in the order of insertion, and what is added on the way comes too.
  for (const party of parties) {
    for (const { parties: signers, event } of signed.get(party) || []) {
      for (const name of [...signers, ...destinationsOf(event)]) parties.add(name);
    }
    signed.delete(party);
  }
  return { creators, parties };
}

/**
 * Return whether one of an event's signers has standing.
 *
 * @param {Standing} standing
 * @param {LoggedEvent} logged
 * @returns {boolean}
 */
export function covers(standing, { parties }) {
  return parties.some((party) => standing.parties.has(party));
}

/**
 * Return whom and where an event names as destination.
 *
 * @param {Event} event
 * @returns {string[]}
 */
export function destinationsOf({ body }) {
  /** @type {string[]} */
  const names = [];
  for (const item of items(body.destinationList)) {
    const name = memberOf(item, "destination");
    if (typeof name === "string") names.push(name);
  }
  return names;
}

/**
 * Return the alarms that an event raises about each of its subjects, sorted.
 *
 * @param {Event} event
 * @returns {string[]}
 */
export function raisedBy({ disposition, set }) {
  const words = disposition === null ? set : [disposition, ...set];
  return [...new Set(words)].filter((word) => ALARMS.has(word)).sort();
}

/**
 * Return the alarms that an event lifts about each of its subjects.
 *
 * @param {Event} event
 * @returns {string[]}
 */
export function liftedBy({ unset }) {
  return unset.filter((word) => ALARMS.has(word));
}

/**
 * Return whether an event may raise or lift an alarm about a subject.
 *
 * A failed test counts from whoever has the right to state it, which validity has
 * judged; a recall and a void only from a creator or an authority.
 *
 * @param {string} word
 * @param {LoggedEvent} logged
 * @param {Standing} standing
 * @param {Bindings} directory
 * @returns {boolean}
 */
export function isEntitled(word, logged, standing, directory) {
  if (BY_ANYBODY.has(word)) return true;
  if (BY_CREATORS.has(word)) return isByCreatorOrAuthority(logged, standing, directory);
  return standing.parties.has(issuerOf(logged));
}

/**
 * Return whether an event's issuer created the subject, or was an authority then.
 *
 * @param {LoggedEvent} logged
 * @param {Standing} standing
 * @param {Bindings} directory
 * @returns {boolean}
 */
export function isByCreatorOrAuthority(logged, standing, directory) {
  return standing.creators.has(issuerOf(logged)) || isByAuthority(logged, directory);
}

/**
 * Return whether an event's issuer was an authority at its index.
 *
 * @param {LoggedEvent} logged
 * @param {Bindings} directory
 * @returns {boolean}
 */
function isByAuthority(logged, directory) {
  const admitted = directory.partyAt(issuerOf(logged), logged.index);
  return admitted !== null && admitted.kind === AUTHORITY;
}

/**
 * Return whether an event releases goods for sale.
 *
 * As a recall it counts only from a creator or an authority.
 *
 * @param {Event} event
 * @returns {boolean}
 */
export function isRelease({ bizStep, disposition }) {
  return bizStep === "inspecting" && disposition !== null && disposition.startsWith("sellable_");
}

/**
 * Return the alarms that stand about a subject, by index and then by word.
 *
 * Each party may lift what it raised, an authority what anybody did. What an authority
 * raised, and a failed test, nobody else lifts: those whose goods it is about would be
 * judges in their own cause.
 *
 * @param {string} subject
 * @param {readonly LoggedEvent[]} events all about it
 * @param {Standing} standing
 * @param {Bindings} directory
 * @returns {Alarm[]}
 */
export function alarmsOf(subject, events, standing, directory) {
  const kept = settleErrors(events);
  /** @type {Map<string, number>} where each party lifted each word last */
  const takenBack = new Map();
  /** @type {Map<string, number>} where an authority lifted each word last */
  const liftedByAuthority = new Map();
  /** @type {Map<string, number>} where others did that may */
  const liftedByOthers = new Map();
  for (const logged of kept) {
    const { index } = logged;
    for (const word of liftedBy(logged.event)) {
      if (!isEntitled(word, logged, standing, directory)) continue;
      takenBack.set(`${word} ${issuerOf(logged)}`, index);
      if (isByAuthority(logged, directory)) liftedByAuthority.set(word, index);
      else if (!BY_ANYBODY.has(word)) liftedByOthers.set(word, index);
    }
  }
  /** @type {Alarm[]} */
  const alarms = [];
  for (const logged of kept) {
    const { index } = logged;
    const isOfficial = isByAuthority(logged, directory);
    for (const word of raisedBy(logged.event)) {
      if (!isEntitled(word, logged, standing, directory)) continue;
      if (index < (takenBack.get(`${word} ${issuerOf(logged)}`) || 0)) continue;
      if (index < (liftedByAuthority.get(word) || 0)) continue;
      if (!isOfficial && index < (liftedByOthers.get(word) || 0)) continue;
      alarms.push({ subject, word, index, isJudged: true });
    }
  }
  return alarms;
}

/**
 * Return every alarm about a subject of which only these are known.
 *
 * Each that may count does. A recall or a void by who never had a prefix over the subject,
 * nor was an authority, cannot: one statement of a stranger would otherwise make
 * everything look recalled of which no more than the alarms is given.
 *
 * @param {string} subject
 * @param {readonly LoggedEvent[]} events all statements of alarm about it
 * @param {Bindings} directory
 * @returns {Alarm[]}
 */
export function unjudgedAlarmsOf(subject, events, directory) {
  return settleErrors(events).flatMap((logged) => {
    const { index, event } = logged;
    const widest = widestStanding(subject, logged, directory);
    return raisedBy(event)
      .filter((word) => isEntitled(word, logged, widest, directory))
      .map((word) => ({ subject, word, index, isJudged: false }));
  });
}

/**
 * Return the standing of an event's issuer if all that is not known spoke for it.
 *
 * @param {string} subject
 * @param {LoggedEvent} logged
 * @param {Bindings} directory
 * @returns {Standing}
 */
function widestStanding(subject, logged, directory) {
  const parties = new Set([issuerOf(logged)]);
  const couldCreate = directory
    .admissions(issuerOf(logged))
    .some(({ prefixes }) => prefixes.some((prefix) => within(subject, prefix)));
  return { creators: couldCreate ? parties : new Set(), parties };
}

/**
 * @param {LoggedEvent} logged
 * @param {string} subject
 * @param {Bindings} directory
 * @returns {boolean} whether the issuer brings it into being under a prefix it then had
 */
export function creates(logged, subject, directory) {
  if (!logged.event.created.includes(subject)) return false;
  const admitted = directory.partyAt(issuerOf(logged), logged.index);
  return admitted !== null && admitted.prefixes.some((prefix) => within(subject, prefix));
}

/**
 * @param {LoggedEvent} logged
 * @returns {string} the issuer's party
 */
function issuerOf({ parties: [issuer = ""] }) {
  return issuer;
}
