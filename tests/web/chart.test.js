import assert from "node:assert/strict";

import { barsShape, temperatureShape, weightsShape } from "../../scanner_web/verify/chart.js";
import { toSvg } from "../support/svg.js";
import { forEachCase, read } from "../support/vectors.js";

const { bands } = JSON.parse(read("chart/weights.json"));
const { messages } = JSON.parse(read("chart/temperatures.json"));

forEachCase("chart/bars.json", ({ name, bars, svg }) => {
  const given = bars.map(([called, parts]) => ({
    called,
    parts: parts.map(([label, size, words]) => ({ label, size: BigInt(size), words })),
  }));
  assert.equal(toSvg(barsShape(name, given)), svg);
});

forEachCase("chart/weights.json", ({ name, points, svg }) => {
  const given = points.map(([along, up, title, isSquare]) => ({ along, up, title, isSquare }));
  assert.equal(toSvg(weightsShape(name, given, bands, { across: "months", up: "kg" })), svg);
});

forEachCase("chart/temperatures.json", ({ points, svg }) => {
  const shape = temperatureShape(points, { messages });
  assert.equal(shape ? toSvg(shape) : "", svg);
});
