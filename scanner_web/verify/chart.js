/**
 * Small drawings of figures: bars, a growth chart, temperatures along the way.
 *
 * A drawing is a tree of shapes, all numbers whole, styled by classes alone, of which a
 * script makes nodes. No meaning is carried by colour alone: parts have numbers, what
 * lies outside a band is a square. Twin of `ledger/chart.py`.
 */

import { date, measure, word } from "./wording.js";

/** @typedef {import("./wording.js").Messages} Messages */

/**
 * An element of a drawing.
 *
 * @typedef {object} Shape
 * @property {string} tag
 * @property {[name: string, text: string][]} attributes
 * @property {(Shape | string)[]} children
 */

/** @typedef {{label: string, size: bigint, words: string}} Part */
/** @typedef {{along: number, up: number, title: string, isSquare: boolean}} Point */
/** @typedef {readonly (readonly [along: number, low: number, high: number])[]} Band */
/** @typedef {[value: number, shown: string]} Tick */

const WIDTH = 312;
const LEFT = 40;
const RIGHT = 302;
const BEYOND = 6;
const TOP = 24;
const BOTTOM = 164;
const CLASSES = 6;
const SHOWN_AT = 14;
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const MONTH = 30437;
const MONTHS = [2, 3, 6, 12, 24, 60, 120];
const YEAR = 365;
const MARGIN = 15;
const SPAN = 456;
const DAY = 86400;
const STEPS = [5, 10, 20, 50, 100, 200, 500, 1000, 2000];
const COLUMNS = 48;
const HOTTEST = 5000;
const RAW_PHASE = "milk";
const DRAWN = [RAW_PHASE, "road", "delivery", "shop"];
const COLD_LIMIT = 40;

/**
 * Return bars that add up parts to a whole, each with its parts in words below.
 *
 * @param {string} title
 * @param {readonly {called: string, parts: readonly Part[]}[]} bars
 * @returns {Shape}
 */
export function barsShape(title, bars) {
  /** @type {Shape[]} */
  const shapes = [];
  let y = 0;
  for (const { called, parts } of bars) {
    shapes.push(label(called, 0, y + 14, "head"), ...bar(parts, y + 22));
    y += 66;
    for (const [place, { label: shown, size, words }] of parts.entries()) {
      if (size <= 0) continue;
      shapes.push(label(`${place + 1}`, 0, y, "key"), label(shown, 18, y), label(words, WIDTH, y, "end"));
      y += 20;
    }
    y += 8;
  }
  return drawing(title, y, shapes);
}

/**
 * Return weighings over age, at least one, against bands.
 *
 * @param {string} title
 * @param {readonly Point[]} points age in days, weight in grams
 * @param {readonly Band[]} bands the same of bounds
 * @param {{across: string, up: string}} axes what they show
 * @returns {Shape}
 */
export function weightsShape(title, points, bands, { across, up }) {
  const ages = points.map(({ along }) => along);
  // Of grown animals the first years are not shown.
  const youngest = Math.min(...ages);
  const first = youngest > 2 * YEAR ? youngest - YEAR : Math.min(youngest, 0);
  const last = Math.max(Math.max(...ages) + MARGIN, first + SPAN);
  const seen = bands.map((band) => clipped(band, first, last));
  const weights = points.map((point) => point.up);
  for (const [, , high] of seen.flat()) weights.push(high);
  const months = scale(div(first * 1000, MONTH), div(last * 1000, MONTH), MONTHS);
  /** @type {Tick[]} */
  const ticks = months.map((month) => [div(month * MONTH, 1000), `${month}`]);
  const kilograms = scale(0, div(Math.max(...weights), 1000) + 1, STEPS);
  /** @type {Tick[]} */
  const heights = kilograms.map((kilogram) => [kilogram * 1000, `${kilogram}`]);
  const grid = new Grid(first, last, 0, highest(heights));
  return drawing(title, BOTTOM + 40, [
    ...seen.filter(({ length }) => length > 0).map((band) => grid.band(band)),
    ...grid.axes(ticks.filter(([age]) => first <= age && age <= last), heights, up),
    label(across, RIGHT, BOTTOM + 34, "end"),
    ...points.map((point) => grid.point(point)),
  ]);
}

/**
 * Return temperatures over time with the limit of raw milk that was cooled; null if there
 * is nothing to draw.
 *
 * @param {readonly [seconds: number, tenths: number, phase: string][]} points
 * @param {{messages: Messages}} reader
 * @returns {Shape | null}
 */
export function temperatureShape(points, { messages }) {
  const drawn = points.flatMap(([along, up, phase]) => {
    if (!DRAWN.includes(phase) || up <= -HOTTEST || up >= HOTTEST) return [];
    const called = word("phase", phase, messages);
    const title = `${called}: ${measure(inTenths(up), "CEL", messages)}`;
    return [{ along, up, title, isSquare: phase !== RAW_PHASE }];
  });
  if (drawn.length === 0) return null;
  const times = drawn.map(({ along }) => along);
  const values = drawn.map(({ up }) => up);
  const first = least(times);
  const last = most(times);
  const low = div(Math.min(least(values), 0), 10);
  const high = div(Math.max(most(values), COLD_LIMIT + 10), 10) + 1;
  /** @type {Tick[]} */
  const heights = scale(low, high, STEPS).map((degree) => [degree * 10, `${degree}`]);
  const bottom = heights[0] ? heights[0][0] : 0;
  const grid = new Grid(first, Math.max(last, first + DAY), bottom, highest(heights));
  // The limit is drawn no further than what it is for.
  const raw = drawn.filter(({ isSquare }) => !isSquare).map(({ along }) => grid.x(along));
  const ends = [Math.max(LEFT, least(raw) - BEYOND), Math.min(RIGHT, most(raw) + BEYOND)];
  const limit = raw.length > 0 ? [line(`M${ends[0]} ${grid.y(COLD_LIMIT)}H${ends[1]}`, "limit")] : [];
  const shapes = [
    ...grid.axes([], heights, word("unit", "CEL", messages)),
    label(date(dayOf(first), messages), LEFT, BOTTOM + 16),
    label(date(dayOf(last), messages), RIGHT, BOTTOM + 16, "end"),
    ...limit,
    ...grid.columns(drawn).map((column) => grid.stroke(column)),
  ];
  for (const [place, key] of ["cold.limit", "cold.raw", "cold.later"].entries()) {
    const y = BOTTOM + 40 + 20 * place;
    shapes.push(place === 0 ? line(`M0 ${y - 4}H14`, "limit") : mark(7, y - 4, "", place === 2));
    shapes.push(label(said(key, messages), 22, y));
  }
  return drawing(said("cold.title", messages), BOTTOM + 90, shapes);
}

/** Where things are in a drawing. */
class Grid {
  /**
   * @param {number} first
   * @param {number} last
   * @param {number} low
   * @param {number} high
   */
  constructor(first, last, low, high) {
    this.first = first;
    this.last = last;
    this.low = low;
    this.high = high;
  }

  /** @param {number} along */
  x(along) {
    return LEFT + div((along - this.first) * (RIGHT - LEFT), this.last - this.first);
  }

  /** @param {number} up */
  y(up) {
    return BOTTOM - div((up - this.low) * (BOTTOM - TOP), this.high - this.low);
  }

  /**
   * @param {readonly Tick[]} ticks
   * @param {readonly Tick[]} heights
   * @param {string} up
   * @returns {Shape[]}
   */
  axes(ticks, heights, up) {
    return [
      label(up, 0, 12),
      ...heights.flatMap(([value, shown]) => {
        const y = this.y(value);
        return [line(`M${LEFT} ${y}H${RIGHT}`, "grid"), label(shown, LEFT - 6, y + 4, "end")];
      }),
      ...ticks.map(([along, shown]) => label(shown, this.x(along), BOTTOM + 16, "mid")),
    ];
  }

  /** @param {Band} band */
  band(band) {
    const upper = band.map(([along, , high]) => `${this.x(along)} ${this.y(high)}`);
    const lower = band.map(([along, low]) => `${this.x(along)} ${this.y(low)}`).reverse();
    return line(`M${[...upper, ...lower].join("L")}Z`, "band");
  }

  /** @param {Point} point */
  point({ along, up, title, isSquare }) {
    return mark(this.x(along), this.y(up), title, isSquare);
  }

  /**
   * Return points that would lie on each other together.
   *
   * @param {readonly Point[]} points
   * @returns {Point[][]}
   */
  columns(points) {
    /** @type {Map<string, Point[]>} */
    const found = new Map();
    for (const point of [...points].sort((a, b) => a.along - b.along)) {
      const column = div((point.along - this.first) * COLUMNS, this.last - this.first);
      const key = `${column} ${point.isSquare}`;
      found.set(key, [...(found.get(key) || []), point]);
    }
    return [...found.values()];
  }

  /**
   * Return one point, or from the lowest to the highest of several.
   *
   * @param {readonly Point[]} points
   * @returns {Shape}
   */
  stroke(points) {
    const byValue = [...points].sort((a, b) => a.up - b.up);
    const [first, lowest, top] = /** @type {[Point, Point, Point]} */ ([
      points[0], byValue[0], byValue[byValue.length - 1],
    ]);
    if (lowest.up === top.up) return this.point(first);
    const y = this.y(top.up);
    return rect(first.isSquare ? "mark square" : "mark", `${lowest.title} – ${top.title}`, {
      x: this.x(first.along) - 3,
      y: y - 3,
      width: 6,
      height: this.y(lowest.up) - y + 6,
      rx: first.isSquare ? 0 : 3,
    });
  }
}

/**
 * @param {readonly Part[]} parts
 * @param {number} y
 * @returns {Shape[]}
 */
function bar(parts, y) {
  const none = BigInt(0);
  const width = BigInt(WIDTH);
  const whole = parts.reduce((total, { size }) => (size > none ? total + size : total), none);
  let done = none;
  return parts.flatMap(({ label: shown, size, words }, place) => {
    if (size <= none) return [];
    const x = Number((done * width) / whole);
    done += size;
    const wide = Number((done * width) / whole) - x;
    const drawn = rect(`part p${place % CLASSES}`, `${shown}: ${words}`, {
      x, y, width: Math.max(wide, 1), height: 24,
    });
    if (wide < SHOWN_AT) return [drawn];
    return [drawn, label(`${place + 1}`, x + div(wide, 2), y + 17, "mid on")];
  });
}

/**
 * Return the part of a band that is drawn.
 *
 * @param {Band} band
 * @param {number} first
 * @param {number} last
 * @returns {[number, number, number][]}
 */
function clipped(band, first, last) {
  /** @type {[number, number, number][]} */
  const found = [];
  for (const [place, [end, lowEnd, highEnd]] of band.entries()) {
    const before = band[place - 1];
    if (!before) continue;
    const [start, low, high] = before;
    for (const at of [Math.max(start, first), Math.min(end, last)]) {
      const [past, days] = [at - start, end - start];
      const previous = found[found.length - 1];
      const isSeen = first <= at && at <= last && start <= at && at <= end;
      if (!isSeen || (previous && previous[0] === at)) continue;
      found.push([
        at,
        low + div((lowEnd - low) * past, days),
        high + div((highEnd - high) * past, days),
      ]);
    }
  }
  return found;
}

/**
 * Return round numbers, at most seven, from one at or below to one at or above.
 *
 * @param {number} low
 * @param {number} high
 * @param {readonly number[]} steps
 * @returns {number[]}
 */
function scale(low, high, steps) {
  const step = steps.find((each) => div(high - low, each) <= 5) || 10 ** 15;
  const first = div(low, step);
  const last = Math.max(-div(-high, step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
}

/** @param {number} value */
function inTenths(value) {
  const whole = Math.abs(value);
  return `${value < 0 ? "-" : ""}${div(whole, 10)}.${whole % 10}`;
}

/**
 * Return the day in UTC, of the proleptic Gregorian calendar.
 *
 * @param {number} seconds
 * @returns {string}
 */
function dayOf(seconds) {
  // Days since 1 March of the year 0, of which leap days come last.
  const days = div(seconds, DAY) + 719468;
  const ofEra = days - div(days, 146097) * 146097;
  const year = div(ofEra - div(ofEra, 1460) + div(ofEra, 36524) - div(ofEra, 146096), 365);
  const ofYear = ofEra - (365 * year + div(year, 4) - div(year, 100));
  const fromMarch = div(5 * ofYear + 2, 153);
  const day = ofYear - div(153 * fromMarch + 2, 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const years = div(days, 146097) * 400 + year + (month < 3 ? 1 : 0);
  const padded = [month, day].map((part) => `${part}`.padStart(2, "0"));
  return [`${years}`.padStart(4, "0"), ...padded].join("-");
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} title
 * @param {boolean} isSquare
 * @returns {Shape}
 */
function mark(x, y, title, isSquare) {
  if (isSquare) return rect("mark square", title, { x: x - 4, y: y - 4, width: 8, height: 8 });
  return shape("circle", { class: "mark", cx: x, cy: y, r: 4 }, titled(title));
}

/**
 * @param {string} name
 * @param {string} title
 * @param {Record<string, number>} place
 * @returns {Shape}
 */
function rect(name, title, place) {
  return shape("rect", { class: name, ...place }, titled(title));
}

/**
 * @param {string} d
 * @param {string} name
 * @returns {Shape}
 */
function line(d, name) {
  return shape("path", { class: name, d });
}

/**
 * @param {string} shown
 * @param {number} x
 * @param {number} y
 * @param {string} [name]
 * @returns {Shape}
 */
function label(shown, x, y, name) {
  return shape("text", name ? { class: name, x, y } : { x, y }, words(shown));
}

/** @param {string} shown */
function titled(shown) {
  return shown ? [shape("title", {}, words(shown))] : [];
}

/**
 * Return a text as a page keeps it: no control characters, and none if empty.
 *
 * @param {string} shown
 */
function words(shown) {
  return [shown.replace(UNSEEN, "")].filter(Boolean);
}

/**
 * @param {string} title
 * @param {number} height
 * @param {readonly Shape[]} shapes
 * @returns {Shape}
 */
function drawing(title, height, shapes) {
  const attributes = { class: "chart", role: "img", viewBox: `0 0 ${WIDTH} ${height}` };
  return shape("svg", attributes, [...titled(title), ...shapes]);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Shape | string)[]} [children]
 * @returns {Shape}
 */
function shape(tag, attributes, children = []) {
  /** @type {[string, string][]} */
  const spelled = Object.entries(attributes).map(([name, value]) => [name, `${value}`]);
  return { tag, attributes: spelled, children };
}

/**
 * @param {string} key
 * @param {Messages} messages
 * @returns {string}
 */
function said(key, messages) {
  const message = messages[key];
  return message === undefined ? key : message;
}

/** @param {readonly Tick[]} heights */
function highest(heights) {
  const last = heights[heights.length - 1];
  return last ? last[0] : 1;
}

/** @param {readonly number[]} values */
function least(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** @param {readonly number[]} values */
function most(values) {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/**
 * Divide whole numbers, downwards.
 *
 * @param {number} a
 * @param {number} b
 */
function div(a, b) {
  return Math.floor(a / b);
}
