/**
 * The closure of a code: all that bears on it, and what that says.
 *
 * A serial leads to the one lot it was packed in, to its trade item, to what it was packed
 * into, and, level by level, to everything it was made of. Each step follows from events
 * of those who have standing about the goods at hand, never from what somebody says is in
 * the closure; a stranger's word leads nowhere. Twin of `ledger/closure.py`.
 */

import { cycleIn } from "./cycle.js";
import { Refusal } from "./errors.js";
import { itemAndKey, makes, namedBy, settleErrors, sharedId } from "./goods.js";
import { namesClass } from "./identifier.js";
import {
  alarmsOf, covers, isByCreatorOrAuthority, isEntitled, isRelease, liftedBy, raisedBy,
  standingOf, unjudgedAlarmsOf,
} from "./standing.js";

/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./goods.js").LoggedEvent} LoggedEvent */
/** @typedef {import("./standing.js").Standing} Standing */
/** @typedef {import("./verdict.js").Alarm} Alarm */
/** @typedef {import("./verdict.js").Below} Below */
/** @typedef {import("./verdict.js").Member} Member */
/** @typedef {import("./verdict.js").Relation} Relation */

/**
 * Lists of events, by the name they are listed under: all about a subject, or those on
 * its `#alarm` list; null if they are not known.
 *
 * @typedef {object} SubjectLists
 * @property {(name: string) => readonly LoggedEvent[] | null} whole
 * @property {(name: string) => readonly LoggedEvent[] | null} alarms
 */

/** @typedef {{lot: string | null, lists: SubjectLists, directory: Bindings}} Known */

/**
 * What a code leads to.
 *
 * @typedef {object} Closure
 * @property {string | null} lot what a serial was packed in; null of any other subject
 * @property {Member[]} members the subject, lot, trade item, parents and sources, each
 *   once
 * @property {ReadonlyMap<string, number>} places where among the members each is, by name
 * @property {ReadonlyMap<string, Standing>} standing of each member that is not open
 * @property {Alarm[]} alarms those that stand, by member, index and word
 * @property {string[]} cycle goods that came of themselves, by name
 * @property {ReadonlySet<number>} followed events that led to a source
 * @property {ReadonlySet<number>} inError events that are declared in error, and of what
 *   declares them so
 * @property {Below[]} below what the code is known to lead down to, where no walk goes
 */

const PACKING_EVENTS = new Set(["AggregationEvent", "AssociationEvent"]);

/**
 * Return the one lot that a serial was packed in; null for any other subject.
 *
 * Throws `incomplete` if the subject's list is not known, `not-packed` if the serial was
 * not packed by its creator in exactly one lot, or not in the one scanned.
 *
 * @param {string} subject what was scanned
 * @param {Known} known with the lot that was scanned with it, if one was
 * @returns {string | null}
 */
export function findLot(subject, { lot, lists, directory }) {
  const events = required(lists, subject);
  const serial = itemAndKey(subject);
  if (serial.key !== "21") return null;
  const { creators } = standingOf(subject, events, directory);
  /** @type {Set<string>} */
  const lots = new Set();
  for (const { event, parties: [issuer = ""] } of settleErrors(events)) {
    if (!creators.has(issuer)) continue;
    if (!namedBy(event, "epcList", "outputEPCList").includes(subject)) continue;
    for (const name of namedBy(event, "quantityList", "outputQuantityList")) {
      const { item, key } = itemAndKey(name);
      if (item === serial.item && key === "10") lots.add(name);
    }
  }
  const [found, ...others] = [...lots].sort();
  if (found === undefined || others.length > 0) {
    const got = [...lots].sort().join(", ") || "none";
    throw new Refusal("not-packed", `lot of ${subject}: got ${got}, want exactly one`);
  }
  if (lot !== null && lot !== found) {
    throw new Refusal("not-packed", `lot of ${subject}: got ${lot}, was packed in ${found}`);
  }
  return found;
}

/**
 * Return the closure of a code; throws `incomplete` if a list that the walk needs is not
 * known.
 *
 * @param {string} subject what was scanned
 * @param {Known} known with the lot that {@link findLot} gave
 * @returns {Closure}
 */
export function walk(subject, { lot, lists, directory }) {
  const found = new Walk(lists, directory);
  found.takeWhole(subject, "subject");
  if (lot !== null) found.takeWhole(lot, "lot");
  const { item, key } = itemAndKey(subject);
  if (key === "10" || key === "21") found.takeWhole(item, "trade-item");
  found.followParents(subject);
  found.followSources(lot === null ? [subject] : [subject, lot]);
  return found.closure(subject, lot);
}

/**
 * Return the members that an event is about, in their order.
 *
 * @param {Closure} closure
 * @param {Event} event
 * @returns {string[]}
 */
export function aboutOf({ places }, { subjects }) {
  const placeOf = (/** @type {string} */ name) => places.get(name) || 0;
  return subjects.filter((name) => places.has(name)).sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Return whether anybody has standing about a member.
 *
 * @param {Closure} closure
 * @param {string} subject
 * @returns {boolean}
 */
export function hasStanding({ standing }, subject) {
  const known = standing.get(subject);
  return known !== undefined && known.parties.size > 0;
}

/**
 * Return whether an event counts for nothing about any member it is about.
 *
 * Nobody who signed it has standing, nothing followed it, and it neither raises nor lifts
 * an alarm that it may. A release counts only from those whose recall would. Of an open
 * member nobody can say.
 *
 * @param {Closure} closure
 * @param {LoggedEvent} logged
 * @param {{about: readonly string[], directory: Bindings}} known with the members that it
 *   is about
 * @returns {boolean}
 */
export function isApart({ standing, followed, inError }, logged, { about, directory }) {
  /** @type {Standing[]} */
  const standings = [];
  for (const name of about) {
    const known = standing.get(name);
    if (!known) return false;
    standings.push(known);
  }
  const { index, event } = logged;
  const words = inError.has(index) ? [] : [...raisedBy(event), ...liftedBy(event)];
  for (const word of words) {
    if (standings.some((each) => isEntitled(word, logged, each, directory))) return false;
  }
  if (isRelease(event)) {
    return !standings.some((each) => isByCreatorOrAuthority(logged, each, directory));
  }
  return !followed.has(index) && !standings.some((each) => covers(each, logged));
}

/** What was reached so far. */
class Walk {
  /**
   * @param {SubjectLists} lists
   * @param {Bindings} directory
   */
  constructor(lists, directory) {
    this.lists = lists;
    this.directory = directory;
    /** @type {Map<string, Member>} */
    this.members = new Map();
    /** @type {Map<string, readonly LoggedEvent[]>} all that is known of each member */
    this.events = new Map();
    /** @type {Map<string, Standing>} of each member that is not open */
    this.standing = new Map();
    /** @type {Map<string, ReadonlySet<string>>} what each of the goods was made of */
    this.inputs = new Map();
    /** @type {Map<string, ReadonlySet<string>>} of transformations, by who has standing */
    this.parts = new Map();
    /** @type {Set<number>} */
    this.followed = new Set();
    /** @type {Set<number>} */
    this.inError = new Set();
  }

  /**
   * Take a member in of which everything must be known.
   *
   * @param {string} subject
   * @param {Relation} relation
   * @param {number} [level]
   */
  takeWhole(subject, relation, level = 0) {
    if (this.members.has(subject)) return;
    const events = required(this.lists, subject);
    this.members.set(subject, { subject, relation, level, isOpen: false });
    this.events.set(subject, events);
    this.standing.set(subject, standingOf(subject, events, this.directory));
    this.settled(events);
  }

  /**
   * Take in what the subject was ever packed into, and that in turn.
   *
   * @param {string} subject
   */
  followParents(subject) {
    let children = [subject];
    const seen = new Set(children);
    while (children.length > 0) {
      /** @type {Set<string>} */
      const parents = new Set();
      for (const child of children) {
        for (const { event } of this.linking(child)) {
          const parent = event.body.parentID;
          if (!PACKING_EVENTS.has(event.type) || typeof parent !== "string") continue;
          if (namedBy(event, "childEPCs").includes(child)) parents.add(parent);
        }
      }
      children = [...parents].filter((name) => !seen.has(name)).sort();
      for (const name of children) {
        seen.add(name);
        this.takeWhole(name, "parent");
      }
    }
  }

  /**
   * Take in what the goods were made of, level by level.
   *
   * @param {string[]} starts
   */
  followSources(starts) {
    let made = starts;
    for (let level = 1; made.length > 0; level += 1) {
      // Outputs of one transformation share their inputs.
      /** @type {Set<ReadonlySet<string>>} */
      const told = new Set();
      for (const name of made) {
        const inputs = this.inputsOf(name);
        this.inputs.set(name, inputs);
        told.add(inputs);
      }
      const sources = union([...told]);
      // A parent may be what goods were made of, too, and then that is followed.
      made = [...sources].filter((name) => !this.inputs.has(name)).sort();
      for (const name of made) if (!this.members.has(name)) this.takeSource(name, level);
      made = made.filter((name) => this.standing.has(name));
    }
  }

  /**
   * Take in something that goods were made of: open, if only its alarms are known.
   *
   * @param {string} subject
   * @param {number} level
   */
  takeSource(subject, level) {
    const alarms = this.lists.alarms(subject);
    if (this.lists.whole(subject) !== null || alarms === null) {
      this.takeWhole(subject, "source", level);
      return;
    }
    this.members.set(subject, { subject, relation: "source", level, isOpen: true });
    this.events.set(subject, alarms);
    this.settled(alarms);
  }

  /**
   * Return the events that are not in error, and remember the others.
   *
   * @param {readonly LoggedEvent[]} events
   * @returns {LoggedEvent[]}
   */
  settled(events) {
    const kept = settleErrors(events);
    const counted = new Set(kept);
    for (const logged of events) if (!counted.has(logged)) this.inError.add(logged.index);
    return kept;
  }

  /**
   * Return the events about a member that are followed: by standing, not in error.
   *
   * @param {string} name of a member that is not open
   * @returns {LoggedEvent[]}
   */
  linking(name) {
    const standing = this.standingAbout(name);
    return this.settled(this.eventsOf(name)).filter((logged) => covers(standing, logged));
  }

  /**
   * Return what a member was made of, and remember who says so.
   *
   * @param {string} name of a member that is not open
   * @returns {ReadonlySet<string>}
   */
  inputsOf(name) {
    const making = this.linking(name).filter(({ event }) => makes(event, name));
    const standing = this.standingAbout(name);
    /** @type {Set<ReadonlySet<string>>} */
    const told = new Set();
    for (const logged of making) {
      const transformation = sharedId(logged.event);
      if (transformation !== null) told.add(this.inputsOfParts(transformation, standing));
      else told.add(this.inputsTold([logged]));
    }
    const [inputs = new Set(), ...others] = told;
    return others.length === 0 ? inputs : union([inputs, ...others]);
  }

  /**
   * Return the inputs of a transformation, as those with standing tell it.
   *
   * It may be told in parts, of which some name inputs only. What many things came of is
   * read once, or a ledger that is lawful could keep a reader busy for hours.
   *
   * @param {string} transformation
   * @param {Standing} standing about what came of it
   * @returns {ReadonlySet<string>}
   */
  inputsOfParts(transformation, standing) {
    // Whatever text a destination is, no two sets have one spelling.
    const key = JSON.stringify([transformation, ...[...standing.parties].sort()]);
    const known = this.parts.get(key);
    if (known) return known;
    const parts = this.settled(required(this.lists, transformation));
    const inputs = this.inputsTold(
      parts.filter((part) => sharedId(part.event) === transformation && covers(standing, part)),
    );
    this.parts.set(key, inputs);
    return inputs;
  }

  /**
   * Return the inputs that events name, and remember these.
   *
   * @param {readonly LoggedEvent[]} events
   * @returns {Set<string>}
   */
  inputsTold(events) {
    for (const { index } of events) this.followed.add(index);
    return new Set(events.flatMap(({ event }) => inputsOf(event)));
  }

  /**
   * Return what was found.
   *
   * @param {string} subject
   * @param {string | null} lot
   * @returns {Closure}
   */
  closure(subject, lot) {
    const members = [...this.members.values()];
    const alarms = members.flatMap(({ subject }) => this.alarmsAbout(subject));
    const places = new Map(members.map(({ subject }, place) => [subject, place]));
    const cycle = cycleIn(this.inputs);
    const { standing, followed, inError } = this;
    const below = this.below(subject);
    return { lot, members, places, standing, alarms, cycle, followed, inError, below };
  }

  /**
   * Return what an alarm may be about that no walk up from a member finds.
   *
   * @param {string} name of a member that is not open
   * @returns {Below[]}
   */
  below(name) {
    const told = this.linking(name).map(({ event }) => event);
    // An association is no content: an ear tag is not what an animal is made of.
    const isParent = told.some(
      ({ type, body }) => type === "AggregationEvent" && body.parentID === name,
    );
    const isUsed = told.some(
      (event) => event.type === "TransformationEvent" && inputsOf(event).includes(name),
    );
    /** @type {Below[]} */
    const found = isUsed ? ["uses"] : [];
    return isParent || namesClass(name) ? ["contents", ...found] : found;
  }

  /**
   * @param {string} name
   * @returns {Alarm[]}
   */
  alarmsAbout(name) {
    const events = this.eventsOf(name);
    const standing = this.standing.get(name);
    if (!standing) return unjudgedAlarmsOf(name, events, this.directory);
    return alarmsOf(name, events, standing, this.directory);
  }

  /**
   * @param {string} name of a member
   * @returns {readonly LoggedEvent[]}
   */
  eventsOf(name) {
    return /** @type {readonly LoggedEvent[]} */ (this.events.get(name));
  }

  /**
   * @param {string} name of a member that is not open
   * @returns {Standing}
   */
  standingAbout(name) {
    return /** @type {Standing} */ (this.standing.get(name));
  }
}

/**
 * @param {SubjectLists} lists
 * @param {string} name
 * @returns {readonly LoggedEvent[]}
 */
function required({ whole }, name) {
  const events = whole(name);
  if (events === null) throw new Refusal("incomplete", `list of ${name}: not given`);
  return events;
}

/**
 * @param {Event} event
 * @returns {string[]}
 */
function inputsOf(event) {
  return namedBy(event, "inputEPCList", "inputQuantityList");
}

/**
 * @param {readonly ReadonlySet<string>[]} sets
 * @returns {ReadonlySet<string>}
 */
function union(sets) {
  /** @type {Set<string>} */
  const all = new Set();
  for (const set of sets) for (const name of set) all.add(name);
  return all;
}
