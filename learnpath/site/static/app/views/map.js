/**
 * A path as a map: its modules, with a line from each module to those that require it.
 *
 * The modules are a list in the order of the path, so that the keyboard and screen readers follow
 * that order; CSS positions them by the row and column that are set here. The lines are drawn
 * behind them, and again when their positions change.
 */

import { h, show, svg, to } from "../dom.js";
import { duration, STATES } from "../format.js";
import { icon } from "../components.js";

const WIDTH = 4; // modules in a row
const ROW_GAP = 60; // pixels, approximately
const SATISFIED = ["completed", "waived"];

/** `rollUp` is the answer of /users/me/paths/{path}. */
export function pathMap(rollUp) {
  const places = rollUp.modules;
  const lines = linesBetween(places);
  const nodes = new Map(places.map((place) => [place.module.slug, placeNode(place, rollUp)]));
  layOut(places, nodes);
  const drawing = svg("svg", { class: "lines", "aria-hidden": "true" });
  const list = h("ol", { class: "places" }, [...nodes.values()]);
  const map = h("div", { class: "map" }, drawing, list);
  const draw = () =>
    show(
      drawing,
      lines.map((line) => lineNode(line, nodes)),
    );
  new ResizeObserver(draw).observe(list);
  const light = (event) => highlight(drawing, event.target.closest("li")?.dataset.slug);
  list.addEventListener("focusin", light);
  list.addEventListener("mouseover", light);
  list.addEventListener("mouseleave", light);
  return map;
}

function placeNode(place, rollUp) {
  const { module } = place;
  const isNext = rollUp.next?.module === module.slug;
  const titles = new Map(rollUp.modules.map((other) => [other.module.slug, other.module.title]));
  const needs = place.blocked_by.map((slug) => titles.get(slug) ?? slug).join(", ");
  const classes = [
    "place",
    `place-${place.state}`,
    place.locked && "place-locked",
    isNext && "place-next",
    !place.required && "place-optional",
  ];
  return h(
    "li",
    { class: classes.filter(Boolean).join(" "), "data-slug": module.slug },
    h(
      "a",
      { href: to("paths", rollUp.path, module.slug) },
      h("span", { class: "mark" }, mark(place, isNext)),
      h(
        "span",
        { class: "place-text" },
        h("span", { class: "place-title" }, module.title),
        h("span", { class: "place-note" }, note(place, isNext)),
        place.locked && h("span", { class: "place-needs" }, `Needs ${needs}`),
      ),
    ),
  );
}

function mark(place, isNext) {
  if (place.outdated) return icon("new");
  if (SATISFIED.includes(place.state)) return icon("done");
  if (place.state === "skipped") return icon("skip");
  if (place.locked) return icon("lock");
  return isNext || place.state === "in_progress" ? icon("next") : h("span", { class: "dot" });
}

function note(place, isNext) {
  const parts = [];
  if (isNext) parts.push("Next");
  if (place.outdated) parts.push("Revised since you completed it");
  else if (place.state === "in_progress") parts.push(`${place.percent} % done`);
  else if (place.locked) parts.push("Locked");
  else if (place.state !== "not_started") parts.push(STATES[place.state]);
  if (!place.required) parts.push("Optional");
  if (place.state === "not_started" && !place.locked)
    parts.push(duration(place.module.estimated_minutes));
  return parts.filter(Boolean).join(" · ");
}

/** The lines from prerequisites, without those that other lines imply (transitive reduction). */
function linesBetween(places) {
  const requires = new Map(places.map((place) => [place.module.slug, place.requires]));
  const done = new Set(
    places.filter((place) => SATISFIED.includes(place.state)).map((place) => place.module.slug),
  );
  return places.flatMap(({ module, requires: needed }) => {
    const onPath = needed.filter((slug) => requires.has(slug));
    const indirect = new Set();
    for (const slug of onPath) collect(slug, requires, indirect);
    return onPath
      .filter((slug) => !indirect.has(slug))
      .map((slug) => ({ from: slug, to: module.slug, isDone: done.has(slug) }));
  });
}

/** Add everything that a module needs, directly or not, to `result`. */
function collect(slug, requires, result) {
  for (const needed of requires.get(slug) ?? []) {
    if (result.has(needed)) continue;
    result.add(needed);
    collect(needed, requires, result);
  }
}

/** Put each module into the first free row below its prerequisites, and close to them. */
function layOut(places, nodes) {
  const rowOf = new Map();
  const centres = new Map();
  const rows = [];
  for (const place of places) {
    let row = Math.max(0, ...place.requires.map((slug) => (rowOf.get(slug) ?? -1) + 1));
    while ((rows[row]?.length ?? 0) >= WIDTH) row += 1;
    (rows[row] ??= []).push(place);
    rowOf.set(place.module.slug, row);
  }
  rows.forEach((row, number) => {
    const desired = (place) =>
      mean(place.requires.map((slug) => centres.get(slug)).filter((x) => x !== undefined)) ?? WIDTH;
    const ordered = row.map((place) => [desired(place), place]).sort(([one], [other]) => one - other);
    ordered.forEach(([, place], index) => {
      const column = WIDTH - row.length + 2 * index + 1; // in half columns, so that rows are centred
      centres.set(place.module.slug, column);
      nodes.get(place.module.slug).style.setProperty("--row", number + 1);
      nodes.get(place.module.slug).style.setProperty("--column", column);
    });
  });
}

function mean(numbers) {
  return numbers.length
    ? numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    : undefined;
}

function lineNode(line, nodes) {
  const [from, below] = [nodes.get(line.from), nodes.get(line.to)];
  const d = isNarrow(from) ? around(from, below) : down(from, below);
  const isFar = below.offsetTop - from.offsetTop > 2 * from.offsetHeight + ROW_GAP;
  const classes = [
    "line",
    isFar && "line-far",
    line.isDone && "line-done",
    below.classList.contains("place-next") && "line-next",
  ];
  return svg("path", {
    d,
    class: classes.filter(Boolean).join(" "),
    "data-from": line.from,
    "data-to": line.to,
  });
}

/** Whether the layout has one column, as on a phone. */
function isNarrow(node) {
  return getComputedStyle(node.parentNode).display !== "grid";
}

/** A curve from the lower edge of one module to the upper edge of another. */
function down(from, below) {
  const [x1, y1] = [from.offsetLeft + from.offsetWidth / 2, from.offsetTop + from.offsetHeight];
  const [x2, y2] = [below.offsetLeft + below.offsetWidth / 2, below.offsetTop];
  const bend = (y2 - y1) / 2;
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

/** A curve along the left margin, wider for a longer distance. */
function around(from, below) {
  const x = from.offsetLeft;
  const [y1, y2] = [
    from.offsetTop + from.offsetHeight / 2,
    below.offsetTop + below.offsetHeight / 2,
  ];
  const out = Math.min(x - 2, 8 + (y2 - y1) / 40);
  return `M${x} ${y1}C${x - out} ${y1 + 12} ${x - out} ${y2 - 12} ${x} ${y2}`;
}

/** Highlight the lines of one module, or none. */
function highlight(drawing, slug) {
  for (const line of drawing.children) {
    line.classList.toggle(
      "line-lit",
      slug !== undefined && [line.dataset.from, line.dataset.to].includes(slug),
    );
  }
}
