/**
 * Where goods went: the areas they were in, in order of time, and a map of them.
 *
 * An area counts where a statement about the goods names it with `caravan:area` and says
 * that they are there: not what an office elsewhere says of them, nor a sample's way to
 * a laboratory, nor what became of the rest of a tank once the pack was filled. Each area
 * stands once, in the order in which goods first were there.
 * Twin of `ledger/journey.py`.
 */

import { counts } from "./account.js";
import { areaName, areaOf } from "./area.js";
import { distance } from "./facts.js";
import { kilometres, POSITIONS } from "./position.js";
import { day, measure, nobody, visible } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./closure.js").Member} Member */
/** @typedef {import("./position.js").Position} Position */
/** @typedef {import("./wording.js").Fact} Fact */
/** @typedef {import("./wording.js").Messages} Messages */
/** @typedef {import("./wording.js").Names} Names */

/** @typedef {readonly [x: number, y: number]} Point */

/**
 * An element of a drawing, as `chart.js` has it.
 *
 * @typedef {object} Shape
 * @property {string} tag
 * @property {[name: string, text: string][]} attributes
 * @property {(Shape | string)[]} children
 */

/**
 * An area in which goods were, with their first and last days there as signed, and how
 * far it is as whoever was there declared.
 *
 * @typedef {{area: string, first: string, last: string, distance: string}} Stop
 */

/**
 * @typedef {object} Known
 * @property {readonly Member[]} members what bears on the code
 * @property {string} lang the reader's language
 * @property {Messages} messages the locale's texts
 * @property {Names | undefined} [names] as for every block; a row calls places by their ids
 */

/** Business steps that say nothing about where goods are. */
const NOT_THERE = ["encoding", "holding", "inspecting", "other", "sampling", "void_shipping"];
const KILOMETRE = "KMT";

const WIDTH = 320;
const HEIGHT = 180;
const MARGIN = 26;
const FOOT = 22;
const INNER_WIDTH = WIDTH - 2 * MARGIN;
const INNER_HEIGHT = HEIGHT - 2 * MARGIN - FOOT;
const LEAST_SPAN = 2000;
const KM_TENTHS = 899_281;
const BARS = [2000, 1000, 500, 200, 100, 50, 20, 10, 5];
const LONGEST_BAR = 100;
const NUMBER_SIDE = 16;
const AROUND = [16, 32, 48].flatMap((far) => {
  const slant = (far * 3) / 4;
  return /** @type {Point[]} */ ([
    [0, -far],
    [0, far],
    [far, 0],
    [-far, 0],
    [slant, -slant],
    [-slant, -slant],
    [slant, slant],
    [-slant, slant],
  ]);
});

/**
 * Return the areas in which goods were, in the order of their first days.
 *
 * @param {readonly Account[]} accounts what statements tell, in any order
 * @param {Known} known
 * @returns {Stop[]}
 */
export function stopsOf(accounts, { members, lang, messages }) {
  const counted = accounts.filter(counts).sort(byTime);
  const relations = new Map(
    members.filter(areGoods).map(({ subject, relation }) => [subject, relation]),
  );
  const made = counted.filter(({ event }) =>
    event.created.some((name) => relations.get(name) === "subject"),
  );
  const madeAt = made.at(-1)?.event.instantUs;
  /** @type {Map<string, Stop>} */
  const found = new Map();
  for (const { about, event } of counted) {
    const { body, bizStep, eventTime, instantUs, isAlarm } = event;
    const area = areaOf(body["caravan:area"]);
    const isThere = !NOT_THERE.includes(bizStep) && !isAlarm;
    const isLater = madeAt !== undefined && instantUs > madeAt;
    const isTold = about.some((name) => {
      const relation = relations.get(name);
      // Of its lot and its sources, what is said later is of other parts.
      return relation && (!isLater || relation === "subject" || relation === "parent");
    });
    if (!area || !isThere || !isTold) continue;
    const last = day(eventTime.slice(0, 10), messages);
    const { first, distance: far } = found.get(area) || { first: last, distance: "" };
    found.set(area, {
      area,
      first,
      last,
      distance: far || distance(body["caravan:distance"], { lang, messages, names: nobody }),
    });
  }
  return [...found.values()];
}

/**
 * Return all areas by number, and below one row for each: its days, how far it is.
 *
 * @param {readonly Account[]} accounts what statements tell, in any order
 * @param {Known} known
 * @returns {Fact[][]}
 */
export function journeyRows(accounts, known) {
  const { messages } = known;
  /** @type {Position | undefined} */
  let before;
  const stops = stopsOf(accounts, known);
  if (stops.length === 0) return [];
  const called = stops.map(({ area }) => areaName(area, messages));
  const listed = called.map((name, place) => `${place + 1} ${name}`).join(" · ");
  const rows = stops.map(({ area, first, last, distance: declared }, place) => {
    const name = `map.0.${place}`;
    const here = POSITIONS.get(area);
    const straight =
      before && here ? measure(String(kilometres(before, here)), KILOMETRE, messages) : "";
    before = here;
    return visible([
      [name, called[place] || ""],
      [`${name}.days`, first === last ? first : `${first} – ${last}`],
      [`${name}.straight`, straight],
      [`${name}.declared`, declared],
    ]);
  });
  return [[["map.0", listed]], ...rows];
}

/**
 * Return a map of the areas, numbered as the rows are; null for fewer than two.
 *
 * North is up, lines are straight and no roads, and nothing else is drawn.
 *
 * @param {readonly Account[]} accounts what statements tell, in any order
 * @param {Known} known
 * @returns {Shape | null}
 */
export function journeyShape(accounts, known) {
  const { messages } = known;
  const placed = stopsOf(accounts, known).flatMap(({ area }, place) => {
    const position = POSITIONS.get(area);
    return position ? [{ number: place + 1, position }] : [];
  });
  if (placed.length < 2) return null;
  const { span, dots } = projected(placed.map(({ position }) => position));
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "map" }, [
    shape("title", {}, [messages["map.title"] || "map.title"]),
    shape("polyline", { class: "way", points: dots.map(([x, y]) => `${x},${y}`).join(" ") }),
    ...drawn(
      dots,
      placed.map(({ number }) => number),
    ),
    ...scale(span, messages),
    ...north(messages),
  ]);
}

/**
 * @param {Account} a
 * @param {Account} b
 * @returns {number}
 */
function byTime(a, b) {
  const [early, late] = [a.event.instantUs, b.event.instantUs];
  return early < late ? -1 : early > late ? 1 : a.index - b.index;
}

/**
 * Tell whether a member travels: an item in general does not, animals graze.
 *
 * @param {Member} member
 * @returns {boolean}
 */
function areGoods({ relation, subject }) {
  return relation !== "trade-item" && !subject.includes("/id/animal/");
}

/**
 * Return how much the width shows, and where the positions are on the map.
 *
 * @param {readonly Position[]} positions
 * @returns {{span: number, dots: Point[]}}
 */
function projected(positions) {
  const latitudes = positions.map(([latitude]) => latitude);
  const top = Math.max(...latitudes);
  const west = Math.min(...positions.map(([, longitude]) => longitude));
  const middle = Math.floor((top + Math.min(...latitudes)) / 20);
  const narrow = Math.floor(Math.cos((middle * Math.PI) / 180) * 1000 + 0.5);
  const placed = positions.map(([n, e]) => /** @type {const} */ ([
    (e - west) * narrow,
    (top - n) * 1000,
  ]));
  const across = Math.max(...placed.map(([x]) => x));
  const down = Math.max(...placed.map(([, y]) => y));
  const span = Math.max(across, Math.floor((down * INNER_WIDTH) / INNER_HEIGHT), LEAST_SPAN);
  /** @param {number} far */
  const drawnAs = (far) => Math.floor((far * INNER_WIDTH) / span);
  const left = MARGIN + Math.floor((INNER_WIDTH - drawnAs(across)) / 2);
  const upper = MARGIN + Math.floor((INNER_HEIGHT - drawnAs(down)) / 2);
  return { span, dots: placed.map(([x, y]) => [left + drawnAs(x), upper + drawnAs(y)]) };
}

/**
 * Return where each dot's number stands, so that none hides another.
 *
 * @param {readonly Point[]} dots
 * @returns {Point[]}
 */
function numbersBeside(dots) {
  /** @type {Point[]} */
  const placed = [];
  for (const [x, y] of dots) {
    const around = AROUND.map(([right, down]) => /** @type {Point} */ ([x + right, y + down]));
    placed.push(around.find((at) => isFree(at, dots, placed)) || [x, y]);
  }
  return placed;
}

/**
 * @param {Point} at
 * @param {readonly Point[]} dots
 * @param {readonly Point[]} placed
 * @returns {boolean}
 */
function isFree([x, y], dots, placed) {
  const side = NUMBER_SIDE / 2;
  if (x < side || x > WIDTH - side || y < side || y > HEIGHT - FOOT - side) return false;
  /** @type {(others: readonly Point[], apart: number) => boolean} */
  const isNear = (others, apart) =>
    others.some(([a, b]) => Math.abs(x - a) < apart && Math.abs(y - b) < apart);
  return !isNear(dots, side + 4) && !isNear(placed, NUMBER_SIDE);
}

/**
 * Return the dots, then their numbers, each with a line from its dot.
 *
 * @param {readonly Point[]} dots
 * @param {readonly number[]} called
 * @returns {Shape[]}
 */
function drawn(dots, called) {
  const numbers = numbersBeside(dots);
  return [
    ...dots.map(([cx, cy]) => shape("circle", { class: "stop", cx, cy, r: 4 })),
    ...dots.flatMap(([x, y], place) => {
      const [a, b] = /** @type {Point} */ (numbers[place]);
      const number = text("number", [a, b + 4], String(called[place]));
      const isFar = Math.abs(x - a) > NUMBER_SIDE || Math.abs(y - b) > NUMBER_SIDE;
      return isFar ? [line("leader", [x, y], [a, b]), number] : [number];
    }),
  ];
}

/**
 * Return a bar of a round length, and how long that is.
 *
 * @param {number} span
 * @param {Messages} messages
 * @returns {Shape[]}
 */
function scale(span, messages) {
  const bars = BARS.map((km) => ({
    km,
    long: Math.floor((km * KM_TENTHS * INNER_WIDTH) / (10_000 * span)),
  }));
  const fitting = bars.find(({ long }) => long <= LONGEST_BAR) || bars[bars.length - 1];
  const { km, long } = /** @type {{km: number, long: number}} */ (fitting);
  const y = HEIGHT - 12;
  return [
    line("scale", [MARGIN, y], [MARGIN + long, y]),
    text("scale-text", [MARGIN + long + 6, y + 4], measure(String(km), KILOMETRE, messages)),
  ];
}

/**
 * Return an arrow that points up, and the letter for north.
 *
 * @param {Messages} messages
 * @returns {Shape[]}
 */
function north(messages) {
  const [x, y] = [WIDTH - 14, HEIGHT - 8];
  const d = `M${x} ${y}V${y - 16}M${x - 4} ${y - 11}L${x} ${y - 16}L${x + 4} ${y - 11}`;
  return [
    shape("path", { class: "north", d }),
    text("end", [x - 8, y - 2], messages["map.north"] || "N"),
  ];
}

/**
 * @param {string} tag
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {(Shape | string)[]} [children]
 * @returns {Shape}
 */
function shape(tag, attributes, children = []) {
  const written = Object.entries(attributes).map(([name, value]) => [name, `${value}`]);
  return { tag, attributes: /** @type {[string, string][]} */ (written), children };
}

/**
 * @param {string} kind
 * @param {Point} start
 * @param {Point} end
 * @returns {Shape}
 */
function line(kind, [x1, y1], [x2, y2]) {
  return shape("line", { class: kind, x1, x2, y1, y2 });
}

/**
 * @param {string} kind
 * @param {Point} at
 * @param {string} said
 * @returns {Shape}
 */
function text(kind, [x, y], said) {
  return shape("text", { class: kind, x, y }, [said]);
}
