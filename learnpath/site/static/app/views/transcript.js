/** The completed paths and modules, ready to print. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { day, duration } from "../format.js";
import { table } from "../lists.js";

export function transcriptView(me) {
  return async () => {
    const { paths, modules } = await get("/users/me/transcript");
    return h(
      "section",
      { class: "transcript" },
      h("h1", {}, "Transcript"),
      h("p", { class: "quiet" }, `${me().name} · ${me().email}`),
      h("h2", {}, "Paths"),
      listTable(
        ["Path", "Completed"],
        paths.map((path) => [path.title, day(path.completed_at)]),
      ),
      h("h2", {}, "Modules"),
      listTable(
        ["Module", "Completed", "Time", "Score"],
        modules.map((module) => [
          module.title,
          day(module.completed_at),
          duration(Math.round(module.time_spent / 60)) || "–",
          module.score ?? "–",
        ]),
      ),
      h(
        "p",
        { class: "actions no-print" },
        h("button", { type: "button", onclick: () => window.print() }, "Print"),
      ),
    );
  };
}

function listTable(names, rows) {
  if (rows.length === 0) return h("p", {}, "Nothing yet.");
  const cell = (text, index) => h("td", { "data-name": names[index] }, String(text));
  const row = (cells) => h("tr", {}, cells.map(cell));
  return table(names, h("tbody", {}, rows.map(row)));
}
