/** The report of a path: key figures, progress distribution and completion per module. */

import { fetchAll, get } from "../api.js";
import { h } from "../dom.js";
import { duration, plural } from "../format.js";
import { bar } from "../components.js";
import { instructorHeader } from "./instructor.js";

export async function funnelView({ path: slug }) {
  const [path, report, pathModules] = await Promise.all([
    get(`/paths/${slug}`),
    get(`/paths/${slug}/report`),
    fetchAll(`/paths/${slug}/modules`),
  ]);
  return h(
    "section",
    {},
    instructorHeader(path, "Funnel"),
    figures(report),
    distribution(report),
    funnel(report, pathModules),
  );
}

function figures(report) {
  const median = report.median_days_to_complete;
  const values = {
    "follow it": report.enrolled,
    active: report.active,
    "completed it": report.completed,
    overdue: report.overdue,
    withdrew: report.withdrawn,
    "median days to complete": median ?? "–",
  };
  const one = ([name, number]) =>
    h("div", { class: "card figure" }, h("dt", {}, name), h("dd", {}, String(number)));
  return h("dl", { class: "figures" }, Object.entries(values).map(one));
}

function distribution({ distribution: buckets }) {
  const most = Math.max(1, ...buckets);
  const column = (count, index) => {
    const filled = h("span", { class: "column-filled", "aria-hidden": "true" });
    filled.style.height = `${(100 * count) / most}%`;
    const name = index === 9 ? "90–100 %" : `${index * 10}–${index * 10 + 9} %`;
    return h(
      "li",
      {},
      h("span", { class: "column-number" }, String(count)),
      h("span", { class: "column" }, filled),
      h("span", { class: "column-name" }, name),
    );
  };
  return h(
    "section",
    {},
    h("h2", {}, "How far they are"),
    h("ol", { class: "card distribution" }, buckets.map(column)),
  );
}

function funnel(report, pathModules) {
  const places = new Map(pathModules.map((pathModule) => [pathModule.module.slug, pathModule]));
  const most = Math.max(1, report.enrolled);
  const row = (figures) => {
    const { module, required } = places.get(figures.slug);
    const minutes = figures.median_minutes;
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        module.title,
        !required && h("span", { class: "quiet" }, " optional"),
      ),
      h(
        "td",
        { class: "bars" },
        bar(figures.started / most, "started"),
        bar(figures.completed / most, "done"),
      ),
      h("td", { class: "number", "data-name": "Started" }, String(figures.started)),
      h("td", { class: "number", "data-name": "Completed" }, String(figures.completed)),
      h(
        "td",
        { class: "number", "data-name": "Median time" },
        minutes ? duration(Math.round(minutes)) : "–",
      ),
    );
  };
  const head = ["Module", "", "Started", "Completed", "Median time"];
  return h(
    "section",
    {},
    h("h2", {}, "Module by module"),
    h(
      "p",
      { class: "quiet" },
      `Of ${plural(report.enrolled, "learner")}: the pale bar has started, the full one has completed.`,
    ),
    h(
      "table",
      { class: "funnel" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))),
        ),
      ),
      h("tbody", {}, report.modules.filter(({ slug }) => places.has(slug)).map(row)),
    ),
  );
}
