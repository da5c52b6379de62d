/**
 * The transformations behind a pack, what they were made of, and how much of it.
 *
 * They are walked from a pack or a lot back to what none made, by what the statements
 * say, never by the recipe. Of goods that a transformation made and an event with ADD put
 * more to, any part may be of that. What lacks for a sum is said, never guessed. Twin of
 * `ledger/massflow.py`.
 */

import { counts } from "./account.js";
import { isSame, least, mixed, only } from "./made.js";
import { MILLION, ZERO, counted, isNothing, massOf, netOf, sum, sumKnown } from "./mass.js";
import { items, member, text } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./made.js").Made} Made */
/** @typedef {import("./made.js").Unknown} Unknown */
/** @typedef {import("./verdict.js").Member} Member */

/**
 * A transformation: masses in and out by name, null where they are not known.
 *
 * @typedef {object} Flow
 * @property {string} step
 * @property {Map<string, bigint | null>} inputs
 * @property {Map<string, bigint | null>} outputs
 * @property {JsonObject[]} bodies
 * @property {boolean} isMilking
 * @property {bigint | null} into
 * @property {bigint | null} out
 */

/** A trade item's lots and serials: the item, and 10 or 21. */
const PARTICULAR = /^(https:\/\/id\.gs1\.org\/01\/[^/]*)\/([^/]*)\/[^/]*$/;
const PIECES = ["", "C62", "EA", "H87"];
const NET = ["gs1:netContent", "gs1:netWeight", "cbvmda:netWeight"];

/**
 * What was read of accounts already: several blocks of a page sum up the same.
 *
 * @type {WeakMap<readonly Account[], Flows>}
 */
const READ = new WeakMap();

/**
 * @param {readonly Account[]} accounts
 * @param {readonly Member[]} members
 * @returns {Flows}
 */
export function flowsOf(accounts, members) {
  const known = READ.get(accounts);
  if (known && known.given === members) return known;
  const flows = new Flows(accounts, members);
  READ.set(accounts, flows);
  return flows;
}

/** The transformations that led to a pack or a lot. */
export class Flows {
  /**
   * @param {readonly Account[]} accounts
   * @param {readonly Member[]} members
   */
  constructor(accounts, members) {
    this.given = members;
    this.members = new Map(members.map((each) => [each.subject, each]));
    this.accounts = accounts.filter(counts).sort((a, b) => a.index - b.index);
    this.subject = members[0] ? members[0].subject : "";
    this.lot = related(members, "lot") || this.subject;
    this.item = related(members, "trade-item");
    this.net = this.#net();
    this.flows = this.#read();
    /** @type {Map<string, Flow[]>} */
    this.made = new Map();
    for (const flow of this.flows) {
      for (const name of flow.outputs.keys()) {
        if (this.#isFollowed(flow, name)) this.made.set(name, [...this.makers(name), flow]);
      }
    }
    this.added = this.#added();
  }

  /** @param {string} name */
  makers(name) {
    return this.made.get(name) || [];
  }

  start() {
    return [this.subject, this.lot].find((name) => this.makers(name).length > 0) || "";
  }

  /**
   * Return what a thing came of, each after its own parts; null of a cycle.
   *
   * @param {string} start
   * @returns {string[] | null}
   */
  order(start) {
    /** @type {string[]} */
    const ordered = [];
    /** @type {Map<string, boolean>} */
    const isDone = new Map();
    /** @type {[string, boolean][]} */
    const stack = [[start, false]];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const [name, isBack] = next;
      if (isBack) {
        isDone.set(name, true);
        ordered.push(name);
      } else if (!isDone.has(name)) {
        isDone.set(name, false);
        stack.push([name, true]);
        for (const source of this.sources(name)) {
          if (isDone.get(source) === false) return null;
          stack.push([source, false]);
        }
      }
    }
    return ordered;
  }

  /** @param {string} name */
  sources(name) {
    const flows = this.makers(name).filter(({ isMilking }) => !isMilking);
    return [...new Set(flows.flatMap(({ inputs }) => [...inputs.keys()]))];
  }

  /** @param {readonly string[]} ordered */
  reached(ordered) {
    return [...new Set(ordered.flatMap((name) => this.makers(name)))];
  }

  /** @param {string} start */
  milkings(start) {
    return this.reached(this.order(start) || []).filter(({ isMilking }) => isMilking);
  }

  /** @param {string} name */
  massMade(name) {
    const made = this.makers(name).map(({ outputs }) => outputs.get(name) || ZERO);
    return sum([...made, this.added.get(name) || ZERO]);
  }

  recipe() {
    /** @type {Json[]} */
    let found = [];
    for (const name of [this.item, this.lot, this.subject]) {
      for (const { event } of this.accounts) {
        const said = items(member(event.body.ilmd, "caravan:recipe"));
        if (event.created.includes(name) && said.length > 0) found = said;
      }
    }
    return found;
  }

  /**
   * @param {string} start
   * @returns {Made | Unknown}
   */
  madeOf(start) {
    const ordered = this.order(start);
    if (!ordered) return { reason: "cycle", name: "" };
    /** @type {Map<string, Made | Unknown>} */
    const known = new Map();
    for (const name of ordered) {
      const told = this.makers(name).map((flow) => ofFlow(flow, name, known));
      const other = only(`name:${name}`);
      known.set(name, least(this.added.has(name) ? [...told, other] : told) || other);
    }
    return known.get(start) || only(`name:${start}`);
  }

  /**
   * @param {Json} element of a quantity list
   * @returns {bigint | null}
   */
  mass(element) {
    const name = text(member(element, "epcClass"));
    const isPack =
      PIECES.includes(text(member(element, "uom"))) &&
      keyOf(name) === "10" && itemOf(name) === this.item;
    const count = isPack ? counted(element) : null;
    return count === null || this.net === null ? massOf(element) : (count * this.net) / MILLION;
  }

  #read() {
    /** @type {Map<string, Flow>} */
    const found = new Map();
    for (const { event: { body, type, bizStep }, index } of this.accounts) {
      if (type !== "TransformationEvent") continue;
      const key = text(body.transformationID) || String(index);
      /** @type {Flow} */
      const flow = found.get(key) || {
        step: bizStep, inputs: new Map(), outputs: new Map(), bodies: [],
        isMilking: false, into: null, out: null,
      };
      found.set(key, flow);
      flow.bodies.push(body);
      this.#put(flow.inputs, body.inputEPCList, body.inputQuantityList);
      this.#put(flow.outputs, body.outputEPCList, body.outputQuantityList);
    }
    for (const flow of found.values()) {
      const names = [...flow.inputs.keys()];
      const lots = [...flow.outputs.keys()].filter((name) => keyOf(name) === "10").map(itemOf);
      flow.isMilking =
        names.length > 0 &&
        names.every((name) => name.includes("/id/animal/")) &&
        processOf(flow) === "milking";
      flow.into = sumKnown([...flow.inputs.values()]);
      flow.out = sumKnown(
        [...flow.outputs].flatMap(([name, mass]) =>
          keyOf(name) === "21" && lots.includes(itemOf(name)) ? [] : [mass],
        ),
      );
    }
    return [...found.values()];
  }

  /** Return the masses of what was added to things that something made. */
  #added() {
    /** @type {Map<string, bigint | null>} */
    const found = new Map();
    for (const { event: { body, type, action } } of this.accounts) {
      if (type !== "ObjectEvent" || action !== "ADD") continue;
      const told = items(body.quantityList).filter((each) => !isNothing(member(each, "quantity")));
      this.#put(found, [], told);
    }
    return new Map([...found].filter(([name, mass]) => mass !== ZERO && this.made.has(name)));
  }

  /**
   * @param {Map<string, bigint | null>} side
   * @param {Json | undefined} things
   * @param {Json | undefined} classes
   */
  #put(side, things, classes) {
    for (const name of items(things).map(text)) {
      const isPack = keyOf(name) === "21" && itemOf(name) === this.item;
      if (!side.has(name)) side.set(name, isPack ? this.net : null);
    }
    for (const element of items(classes)) {
      const name = text(member(element, "epcClass"));
      const mass = this.mass(element);
      const before = side.get(name);
      side.set(name, mass === null || before === null ? null : (before || ZERO) + mass);
    }
  }

  /**
   * @param {Flow} flow
   * @param {string} name
   */
  #isFollowed(flow, name) {
    const made = this.members.get(name);
    if (!made) return false;
    return made.relation === "parent" || [...flow.inputs.keys()].every((each) => {
      const source = this.members.get(each);
      return source !== undefined && source.level <= made.level + 1;
    });
  }

  #net() {
    const ranked = [this.item, this.lot, this.subject].filter(Boolean);
    let best = -1;
    /** @type {bigint | null} */
    let net = null;
    for (const { event } of this.accounts) {
      const rank = ranked.reduce((r, name, at) => (event.created.includes(name) ? at : r), -1);
      const mass = netOf(
        NET.map((name) => member(event.body.ilmd, name)).find((said) => !isNothing(said)),
      );
      if (rank >= 0 && mass !== null && rank >= best) {
        best = rank;
        net = mass;
      }
    }
    return net;
  }
}

/** @param {Flow} flow */
export function processOf({ bodies, step }) {
  return bodies.map((body) => text(body["caravan:process"])).find(Boolean) || step;
}

/** @param {Flow} flow */
function speciesOf({ bodies }) {
  const [first = "", ...others] = new Set(bodies.map((body) => text(body["caravan:species"])));
  return others.length === 0 ? first : "";
}

/** @param {string} name */
function itemOf(name) {
  const found = PARTICULAR.exec(name);
  return found && found[2] ? found[1] || "" : "";
}

/** @param {string} name */
export function keyOf(name) {
  const found = PARTICULAR.exec(name);
  return found ? found[2] || "" : "";
}

/**
 * Return what comes out of a transformation is made of.
 *
 * @param {Flow} flow
 * @param {string} name
 * @param {ReadonlyMap<string, Made | Unknown>} known
 * @returns {Made | Unknown}
 */
function ofFlow(flow, name, known) {
  if (flow.isMilking) return only(`milk:${speciesOf(flow)}`);
  /** @type {[Made, bigint | null][]} */
  const parts = [];
  for (const [source, mass] of flow.inputs) {
    const made = known.get(source);
    if (made && "reason" in made) return made;
    if (made) parts.push([made, mass]);
  }
  const { into, out } = flow;
  const [first] = parts;
  if (!first) return only(`name:${name}`);
  const isOne = parts.every(([made]) => isSame(made, first[0]));
  if (isOne && into !== null && out !== null && out <= into) return first[0];
  for (const [source, mass] of flow.inputs) {
    if (mass === null) return { reason: "mass", name: source };
  }
  if (!out || into === null) return { reason: "mass", name };
  return mixed(parts, into, out);
}

/**
 * @param {readonly Member[]} members
 * @param {string} relation
 */
function related(members, relation) {
  const found = members.find((each) => each.relation === relation);
  return found ? found.subject : "";
}
