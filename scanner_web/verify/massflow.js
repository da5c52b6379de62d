/**
 * Where the mass of a pack comes from, and what became of the rest.
 *
 * Transformations are walked from a pack or a lot back to what none made, by what the
 * statements say, never by the recipe. A share is exact as long as no step mixes parts
 * and loses mass: then all of the lost mass may have come from the part in question, and
 * the share is what it is at least. Of goods that a transformation made and an event with
 * ADD put more to, any part may be of that. What lacks for a sum is said, never guessed.
 *
 * Masses are whole numbers of 10⁻¹⁵ kg, shares are fractions of whole numbers. Twin of
 * `ledger/massflow.py`.
 */

import { counts } from "./account.js";
import { barsShape } from "./chart.js";
import { date, given, items, measure, member, number, phrase, short, text, visible, word } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./chart.js").Shape} Shape */
/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./verdict.js").Member} Member */
/** @typedef {import("./wording.js").Fact} Fact */
/** @typedef {import("./wording.js").Messages} Messages */

/** @typedef {Fact[]} Row */
/** @typedef {{members: readonly Member[], lang: string, messages: Messages}} Reader */
/** @typedef {{parts: Map<string, bigint>, whole: bigint, isExact: boolean}} Made */
/** @typedef {{reason: "cycle" | "mass", name: string}} Unknown */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */

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

/**
 * @typedef {object} Step all transformations of one process
 * @property {string} process
 * @property {boolean} isMilking
 * @property {bigint} into
 * @property {bigint} out
 * @property {bigint} gap
 * @property {Map<string, bigint>} losses
 */

/**
 * @typedef {object} Batch
 * @property {bigint} made
 * @property {bigint} here
 * @property {bigint} others
 * @property {bigint} stock
 * @property {string} counted
 * @property {bigint} untold
 */

/**
 * @typedef {object} Balance
 * @property {Map<string, Step>} steps
 * @property {bigint} raw
 * @property {bigint} milk
 * @property {bigint} added
 * @property {bigint} dried
 * @property {bigint} lot
 * @property {Batch[]} batches
 * @property {string[]} overdrawn
 * @property {boolean} isShared
 */

const ZERO = BigInt(0);
const ONE = BigInt(1);
const MILLION = BigInt(10 ** 6);
const KILOGRAM = BigInt(10 ** 15);
const CENT = KILOGRAM / BigInt(100);
/** A millionth of each unit of mass, in 10⁻¹⁵ kg. */
const MASSES = new Map([
  ["MC", 1], ["MGM", 1e3], ["GRM", 1e6], ["KGM", 1e9], ["DTN", 1e11], ["TNE", 1e12],
  ["LBR", 453592370],
]);
const PIECES = ["", "C62", "EA", "H87"];
const NET = ["gs1:netContent", "gs1:netWeight", "cbvmda:netWeight"];
const LONG = BigInt(10) ** BigInt(60);
const PARTS = BigInt(10) ** BigInt(18);
const LOW = BigInt(58);
const HIGH = BigInt(75);
const MOST_PARTS = 8;
const MOST_NAMED = 3;

/** The transformations that led to a pack or a lot. */
class Flows {
  /**
   * @param {readonly Account[]} accounts
   * @param {readonly Member[]} members
   */
  constructor(accounts, members) {
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
      const mass = saidMass(
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

/**
 * Return what a pack is made of by mass, and whether its recipe says the same.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function shareRows(accounts, { members, lang, messages }) {
  const flows = new Flows(accounts, members);
  const start = flows.start();
  if (!start) return [];
  const made = flows.madeOf(start);
  if ("reason" in made) return [one("share.0", why(made, messages))];
  const listed = [...made.parts].sort(([, a], [, b]) => descending(a, b));
  const how = made.isExact ? "share.exact" : "share.least";
  const rows = listed.slice(0, MOST_PARTS).map(([key, part], place) => {
    const called = kindOf(key, flows, lang, messages);
    const share = percent(part, made.whole);
    return one(`share.${place}`, fill(how, messages, { part: called, share }));
  });
  if (listed.length > MOST_PARTS) {
    const count = listed.length - MOST_PARTS;
    rows.push(one("share.more", fill("share.more", messages, { count })));
  }
  const rest = made.whole - sum([...made.parts.values()]);
  if (rest > ZERO && !made.isExact) {
    const share = percent(rest, made.whole);
    rows.push(one("share.rest", fill("share.rest", messages, { share })));
  }
  const { length: milkings } = milkingsOf(flows, start);
  const { length: all } = milkingsOf(flows, flows.lot);
  if (milkings) {
    const how = all > milkings ? "share.basis.lot" : "share.basis";
    rows.push(one("share.basis", fill(how, messages, { milkings, all })));
  }
  rows.push(one("share.recipe", recipe(flows, made, lang, messages)));
  return rows.filter(({ length }) => length > 0);
}

/**
 * Return what went into a lot and what became of the rest, step by step.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function balanceRows(accounts, { members, messages }) {
  const flows = new Flows(accounts, members);
  if (flows.makers(flows.lot).length === 0) return [];
  const balance = balanceOf(flows);
  if ("reason" in balance) return [one("balance.problem", why(balance, messages))];
  const rows = [...balance.steps.values()].map((step, place) => {
    const name = `balance.${place}`;
    const lost = [...step.losses].map(
      ([reason, mass]) => `${word("loss", reason, messages)} ${kg(mass, messages)}`,
    );
    return visible([
      [`${name}.step`, word("process", step.process, messages)],
      [`${name}.in`, step.into ? kg(step.into, messages) : ""],
      [`${name}.lost`, lost.join(" · ")],
      [`${name}.gap`, cents(step.gap) ? kg(step.gap, messages) : ""],
      [`${name}.out`, kg(step.out, messages)],
    ]);
  });
  let mass = kg(balance.lot, messages);
  if (flows.net) {
    const count = String(balance.lot / flows.net);
    mass = fill("balance.packs", messages, { count, net: pack(flows.net, messages), mass });
  }
  rows.push(one("balance.packs", mass));
  if (balance.added) {
    const added = kg(balance.added, messages);
    rows.push(one("balance.added", fill("balance.added", messages, { mass: added })));
  }
  if (balance.isShared) rows.push(one("balance.shared", shared(flows, balance, messages)));
  rows.push(batchesRow(balance.batches, messages));
  rows.push(one("balance.ratio", ratio(flows, balance, messages)));
  const { length: count } = balance.overdrawn;
  if (count > 0) {
    const names = balance.overdrawn.slice(0, MOST_NAMED).map(short).join(" · ");
    rows.push(one("balance.overdrawn", fill("balance.overdrawn", messages, { count, names })));
  }
  return rows.filter(({ length }) => length > 0);
}

/**
 * Return the balance as two bars: of what went in, and of the batches packed.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Shape | null}
 */
export function balanceShape(accounts, { members, messages }) {
  const flows = new Flows(accounts, members);
  const balance = flows.makers(flows.lot).length > 0 ? balanceOf(flows) : null;
  if (!balance || "reason" in balance || !balance.raw) return null;
  const { batches, steps } = balance;
  /** @type {Map<string, bigint>} */
  const losses = new Map();
  for (const step of steps.values()) {
    // What was kept of a milking went into no lot.
    for (const [reason, mass] of step.isMilking ? [] : step.losses) add(losses, reason, mass);
  }
  const here = fill("balance.this", messages);
  const untold = fill("balance.untold", messages);
  /** @type {[string, bigint][]} */
  const milked = [
    [here, balance.lot],
    .../** @type {[string, bigint][]} */ (
      [...losses].map(([reason, mass]) => [word("loss", reason, messages), mass])
    ).sort(([, a], [, b]) => descending(a, b)),
    [untold, sum([...steps.values()].map(({ gap }) => positive(gap)))],
  ];
  /** @type {[string, bigint][]} */
  const made = [
    [here, sum(batches.map((batch) => batch.here))],
    [fill("balance.others", messages), sum(batches.map(({ others }) => others))],
    [fill("balance.stock", messages), sum(batches.map(({ stock }) => stock))],
    [untold, sum(batches.map((batch) => positive(batch.untold)))],
  ];
  /** @type {[string, bigint, [string, bigint][]][]} */
  const bars = [
    [balance.raw === balance.milk ? "balance.milked" : "balance.raw", balance.raw, milked],
    ["balance.made", sum(batches.map((batch) => batch.made)), made],
  ];
  return barsShape(
    fill("balance.title", messages),
    bars.map(([key, whole, parts]) => ({
      called: fill(key, messages, { mass: kg(whole, messages) }),
      parts: parts.flatMap(([called, mass]) =>
        cents(mass) > ZERO ? [{ label: called, size: mass, words: kg(mass, messages) }] : [],
      ),
    })),
  );
}

/**
 * Follow the mass of a lot back, each part by the share of it that went there.
 *
 * @param {Flows} flows
 * @returns {Balance | Unknown}
 */
function balanceOf(flows) {
  const ordered = flows.order(flows.lot);
  if (!ordered) return { reason: "cycle", name: "" };
  const reached = flows.reached(ordered);
  const lacking = missing(flows, ordered);
  if (lacking) return lacking;
  /** @type {Balance} */
  const found = {
    steps: new Map(), raw: ZERO, milk: ZERO, added: ZERO, dried: ZERO,
    lot: flows.massMade(flows.lot), batches: [], overdrawn: [], isShared: false,
  };
  /** @type {Map<string, bigint>} */
  const need = new Map();
  /** @type {Map<Flow, bigint>} */
  const taken = new Map();
  /** @type {Map<string, Flow[]>} */
  const users = new Map();
  for (const flow of reached) {
    if (flow.isMilking) continue;
    for (const name of flow.inputs.keys()) {
      const known = users.get(name);
      if (known) known.push(flow);
      else users.set(name, [flow]);
    }
  }
  for (const name of [...ordered].reverse()) {
    const makers = flows.makers(name);
    const made = flows.massMade(name);
    let wanted = sum(
      (users.get(name) || []).map((flow) =>
        flow.out ? ((flow.inputs.get(name) || ZERO) * (taken.get(flow) || ZERO)) / flow.out : ZERO,
      ),
    );
    if (name === flows.lot) wanted = made;
    if (makers.length > 0 && wanted > made) {
      found.overdrawn.push(name);
      wanted = made;
    }
    if (makers.length > 0 && wanted < made) found.isShared = true;
    need.set(name, wanted);
    if (makers.length === 0) found.raw += wanted;
    for (const flow of makers) {
      const part = made ? (wanted * (flow.outputs.get(name) || ZERO)) / made : ZERO;
      add(taken, flow, part);
      if (flow.isMilking) found.milk += part;
    }
    if (made) found.added += (wanted * (flows.added.get(name) || ZERO)) / made;
  }
  found.raw += found.milk + found.added;
  for (const flow of reached) addStep(found, flows, flow, taken.get(flow) || ZERO);
  found.batches = flows.sources(flows.lot).map((name) => batchOf(flows, name, need.get(name) || ZERO));
  return found;
}

/**
 * @param {Flows} flows
 * @param {readonly string[]} ordered
 * @returns {Unknown | null} a mass that is not known, of those that are needed
 */
function missing(flows, ordered) {
  const lacking = ordered.find((name) => flows.added.get(name) === null);
  if (lacking !== undefined) return { reason: "mass", name: lacking };
  for (const { inputs, outputs, out, isMilking } of flows.reached(ordered)) {
    for (const [name, mass] of inputs) {
      if (mass === null && !isMilking) return { reason: "mass", name };
    }
    for (const [name, mass] of outputs) {
      if (mass === null && (out === null || keyOf(name) !== "21")) return { reason: "mass", name };
    }
  }
  return null;
}

/**
 * Add a transformation, as far as it went into the lot.
 *
 * @param {Balance} found
 * @param {Flows} flows
 * @param {Flow} flow
 * @param {bigint} taken
 */
function addStep(found, flows, flow, taken) {
  const process = processOf(flow);
  const step = found.steps.get(process) || {
    process, isMilking: flow.isMilking, into: ZERO, out: ZERO, gap: ZERO, losses: new Map(),
  };
  found.steps.set(process, step);
  /** @param {bigint | null} mass */
  const part = (mass) => (flow.out ? ((mass || ZERO) * taken) / flow.out : ZERO);
  let lost = ZERO;
  for (const element of flow.bodies.flatMap((body) => items(body["caravan:loss"]))) {
    const mass = part(flows.mass(element));
    lost += mass;
    if (mass) add(step.losses, text(member(element, "reason")), mass);
  }
  step.out += taken;
  if (!flow.isMilking) {
    const into = part(flow.into);
    step.into += into;
    step.gap += into - taken - lost;
  }
  if (process.endsWith("drying")) found.dried += taken;
}

/**
 * Return where a batch went: to this lot, to others, or still there.
 *
 * @param {Flows} flows
 * @param {string} name
 * @param {bigint} here
 * @returns {Batch}
 */
function batchOf(flows, name, here) {
  const others = sum(
    flows.flows.map(({ inputs, outputs }) =>
      outputs.has(flows.lot) ? ZERO : inputs.get(name) || ZERO,
    ),
  );
  let stock = ZERO;
  let stocked = "";
  for (const { event } of flows.accounts) {
    if (event.bizStep !== "stock_taking") continue;
    for (const element of items(event.body.quantityList)) {
      if (text(member(element, "epcClass")) !== name) continue;
      stock = flows.mass(element) || ZERO;
      stocked = event.eventTime.slice(0, 10);
    }
  }
  const told = here + others + stock;
  const made = flows.makers(name).length > 0 ? flows.massMade(name) : told;
  return { made, here, others, stock, counted: stocked, untold: made - told };
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
 * Return what a mix is made of; all of what it lost may have been of each part.
 *
 * @param {readonly [Made, bigint | null][]} parts
 * @param {bigint} into
 * @param {bigint} out
 * @returns {Made}
 */
function mixed(parts, into, out) {
  const whole = common(parts.map(([made]) => made));
  /** @type {Map<string, bigint>} */
  const found = new Map();
  for (const [made, mass] of parts) {
    for (const [key, part] of made.parts) {
      add(found, key, part * (mass || ZERO) * (whole / made.whole));
    }
  }
  const lost = positive(into - out) * whole;
  for (const [key, part] of found) found.set(key, part - lost);
  return reduced(found, whole * out, into === out && parts.every(([{ isExact }]) => isExact));
}

/**
 * Return what holds of a thing whichever of its makers it came from.
 *
 * @param {readonly (Made | Unknown)[]} told
 * @returns {Made | Unknown | null}
 */
function least(told) {
  /** @type {Made[]} */
  const kinds = [];
  for (const made of told) {
    if ("reason" in made) return made;
    kinds.push(made);
  }
  const [first] = kinds;
  if (!first || kinds.every((made) => isSame(made, first))) return first || null;
  const whole = common(kinds);
  /** @type {Map<string, bigint>} */
  const found = new Map();
  for (const key of first.parts.keys()) {
    const parts = kinds.map((made) => (made.parts.get(key) || ZERO) * (whole / made.whole));
    found.set(key, parts.reduce((a, b) => (b < a ? b : a)));
  }
  return reduced(found, whole, false);
}

/**
 * @param {string} key
 * @returns {Made}
 */
function only(key) {
  return { parts: new Map([[key, ONE]]), whole: ONE, isExact: true };
}

/**
 * @param {readonly Made[]} kinds
 * @returns {bigint} their least common denominator
 */
function common(kinds) {
  return kinds.reduce((whole, made) => (whole * made.whole) / gcd(whole, made.whole), ONE);
}

/**
 * Return parts of a whole as short fractions, or rounded down if they are long.
 *
 * @param {ReadonlyMap<string, bigint>} parts
 * @param {bigint} whole
 * @param {boolean} isExact
 * @returns {Made}
 */
function reduced(parts, whole, isExact) {
  const kept = [...parts].filter(([, part]) => part > ZERO);
  const divisor = kept.reduce((found, [, part]) => gcd(found, part), whole);
  if (whole / divisor <= LONG) {
    const short = new Map(kept.map(([key, part]) => [key, part / divisor]));
    return { parts: short, whole: whole / divisor, isExact };
  }
  /** @type {[string, bigint][]} */
  const rounded = kept.map(([key, part]) => [key, (part * PARTS) / whole]);
  return { parts: new Map(rounded.filter(([, part]) => part)), whole: PARTS, isExact: false };
}

/**
 * @param {Made} a
 * @param {Made} b
 */
function isSame(a, b) {
  return (
    a.whole === b.whole && a.isExact === b.isExact && a.parts.size === b.parts.size &&
    [...a.parts].every(([key, part]) => b.parts.get(key) === part)
  );
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
 * @param {Unknown} unknown
 * @param {Messages} messages
 */
function why({ reason, name }, messages) {
  return reason === "cycle"
    ? fill("share.cycle", messages)
    : fill("share.unknown", messages, { name: short(name) });
}

/**
 * @param {Flows} flows
 * @param {string} start
 * @returns {Flow[]} the milkings behind a thing
 */
function milkingsOf(flows, start) {
  return flows.reached(flows.order(start) || []).filter(({ isMilking }) => isMilking);
}

/**
 * Tell of how much milk only a part is in the lot, as the way sums up all of it.
 *
 * @param {Flows} flows
 * @param {Balance} balance
 * @param {Messages} messages
 * @returns {string}
 */
function shared(flows, { milk }, messages) {
  const found = milkingsOf(flows, flows.lot);
  const all = sum(found.map(({ out }) => out || ZERO));
  if (cents(all) <= cents(milk)) return fill("balance.shared", messages);
  const [milked, mass] = [kg(all, messages), kg(milk, messages)];
  return fill("balance.shared.milk", messages, { milked, milkings: found.length, mass });
}

/**
 * Return where the batches went that a lot was packed of.
 *
 * @param {readonly Batch[]} batches
 * @param {Messages} messages
 * @returns {Row}
 */
function batchesRow(batches, messages) {
  const name = "balance.batches";
  /** @type {[string, bigint][]} */
  const masses = [
    ["made", sum(batches.map(({ made }) => made))],
    ["here", sum(batches.map(({ here }) => here))],
    ["others", sum(batches.map(({ others }) => others))],
    ["stock", sum(batches.map(({ stock }) => stock))],
    ["untold", sum(batches.map(({ untold }) => positive(untold)))],
    ["over", sum(batches.map(({ untold }) => positive(-untold)))],
  ];
  const last = batches.map((batch) => batch.counted).sort().pop() || "";
  return visible([
    [name, fill(name, messages, { count: batches.length })],
    ...masses.flatMap(([key, mass]) => given(`${name}.${key}`, cents(mass) ? kg(mass, messages) : "")),
    [`${name}.counted`, date(last, messages)],
  ]);
}

/**
 * Compare milk and powder with what was published, if it is camels' milk alone.
 *
 * @param {Flows} flows
 * @param {Balance} balance
 * @param {Messages} messages
 * @returns {string}
 */
function ratio(flows, { raw, dried }, messages) {
  const made = flows.madeOf(flows.lot);
  if ("reason" in made || made.parts.size !== 1 || !made.parts.has("milk:camel")) return "";
  if (!made.isExact || !dried) return "";
  const tenths = ((raw * BigInt(20)) / dried + ONE) / BigInt(2);
  const key = LOW <= tenths && tenths <= HIGH ? "balance.ratio" : "balance.ratio.beyond";
  const [shown, low, high] = [tenths, LOW, HIGH].map((each) => decimal(each, 1));
  return fill(key, messages, { ratio: String(shown), low: String(low), high: String(high) });
}

/**
 * Return a mass in 10⁻¹⁵ kg; null if it is none.
 *
 * @param {Json} element
 * @returns {bigint | null}
 */
export function massOf(element) {
  const unit = MASSES.get(text(member(element, "uom")));
  const amount = counted(element);
  return unit === undefined || amount === null ? null : amount * BigInt(unit);
}

/**
 * @param {Json} element
 * @returns {bigint | null} how much there is of something, in millionths
 */
function counted(element) {
  const amount = member(element, "quantity");
  const written = typeof amount === "string" ? "" : number(amount);
  return isAmount(written) ? millionths(written) : null;
}

/**
 * @param {Json | undefined} value
 * @returns {bigint | null} a net mass; null if it is none
 */
function saidMass(value) {
  const first = Array.isArray(value) && value.length > 0 ? value[0] : value;
  for (const [amount, unit] of /** @type {const} */ ([["value", "uom"], ["gs1:value", "gs1:unitCode"]])) {
    const written = number(member(first, amount));
    const mass = MASSES.get(text(member(first, unit)));
    if (isAmount(written) && mass !== undefined) return millionths(written) * BigInt(mass);
  }
  return null;
}

/** @param {string} written */
function isAmount(written) {
  return written !== "" && !written.startsWith("-");
}

/** @param {Json | undefined} value */
function isNothing(value) {
  return value === undefined || value === null;
}

/** @param {string} written */
function millionths(written) {
  const [whole = "", places = ""] = written.split(".");
  return BigInt(whole + places.padEnd(6, "0"));
}

/** @param {Flow} flow */
function processOf({ bodies, step }) {
  return bodies.map((body) => text(body["caravan:process"])).find(Boolean) || step;
}

/** @param {Flow} flow */
function speciesOf({ bodies }) {
  const [first = "", ...others] = new Set(bodies.map((body) => text(body["caravan:species"])));
  return others.length === 0 ? first : "";
}

/**
 * @param {readonly Member[]} members
 * @param {string} relation
 */
function related(members, relation) {
  const found = members.find((each) => each.relation === relation);
  return found ? found.subject : "";
}

/** @param {string} name */
function itemOf(name) {
  return keyOf(name) ? name.split("/").slice(0, 5).join("/") : "";
}

/** @param {string} name */
function keyOf(name) {
  const parts = name.split("/");
  return name.startsWith("https://id.gs1.org/01/") && parts.length === 7 ? parts[5] || "" : "";
}

/**
 * @template K
 * @param {Map<K, bigint>} sums
 * @param {K} key
 * @param {bigint} mass
 */
function add(sums, key, mass) {
  sums.set(key, (sums.get(key) || ZERO) + mass);
}

/** @param {readonly bigint[]} masses */
function sum(masses) {
  return masses.reduce((total, mass) => total + mass, ZERO);
}

/** @param {readonly (bigint | null)[]} masses */
function sumKnown(masses) {
  const known = masses.flatMap((mass) => (mass === null ? [] : [mass]));
  return known.length === masses.length ? sum(known) : null;
}

/** @param {bigint} mass */
function positive(mass) {
  return mass > ZERO ? mass : ZERO;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
function descending(a, b) {
  return a < b ? 1 : a > b ? -1 : 0;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
function gcd(a, b) {
  let [x, y] = [a, b];
  while (y) [x, y] = [y, x % y];
  return x;
}

/**
 * @param {string} name
 * @param {string} shown
 * @returns {Row}
 */
function one(name, shown) {
  return visible([[name, shown]]);
}

/**
 * Return a message with its blanks filled in; a missing one shows its key.
 *
 * @param {string} key
 * @param {Messages} messages
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function fill(key, messages, values = {}) {
  let shown = messages[key];
  if (shown === undefined) shown = key;
  for (const [name, value] of Object.entries(values)) shown = shown.split(`{${name}}`).join(String(value));
  return shown;
}

/**
 * @param {bigint} part
 * @param {bigint} whole
 * @returns {string} tenths of a percent, rounded down
 */
function percent(part, whole) {
  return decimal((part * BigInt(1000)) / whole, 1);
}

/**
 * @param {bigint} mass
 * @param {Messages} messages
 */
function kg(mass, messages) {
  return measure(decimal(cents(mass), 2), "KGM", messages);
}

/**
 * @param {bigint} mass
 * @returns {bigint} hundredths of a kilogram, to the nearest
 */
function cents(mass) {
  const nearest = (positive(mass) + positive(-mass) + CENT / BigInt(2)) / CENT;
  return mass < ZERO ? -nearest : nearest;
}

/**
 * @param {bigint} mass
 * @param {Messages} messages
 */
function pack(mass, messages) {
  if (mass >= KILOGRAM) return kg(mass, messages);
  return measure(decimal(mass / (KILOGRAM / MILLION), 3), "GRM", messages);
}

/**
 * Write a number given in its last decimal place, without zeros at its end.
 *
 * @param {bigint} scaled
 * @param {number} places
 * @returns {string}
 */
export function decimal(scaled, places) {
  const digits = String(scaled < ZERO ? -scaled : scaled).padStart(places + 1, "0");
  const shown = `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return (scaled < ZERO ? "-" : "") + shown.replace(/\.?0+$/, "");
}
