/** The result of a report: what it changed, unlocked and completed. */

import { h, to } from "../dom.js";
import { icon } from "../components.js";

/** `change` is the answer to the report, `rollUp` the path as it is now. */
export function reportResult(change, rollUp) {
  const { progress, unlocked, completed_paths: completed } = change;
  const titles = new Map(rollUp.modules.map(({ module }) => [module.slug, module.title]));
  const link = (slug) => {
    const title = titles.get(slug);
    return h("li", {}, title ? h("a", { href: to("paths", rollUp.path, slug) }, title) : slug);
  };
  const isGood = progress.status === "completed" && change.changed;
  return h(
    "div",
    { class: isGood ? "report-result report-result-good" : "report-result", role: "status", tabindex: "-1" },
    h("p", { class: "report-result-title" }, isGood && icon("done"), headline(change)),
    completed.includes(rollUp.path) &&
      h(
        "p",
        {},
        h("strong", {}, `You have completed ${rollUp.title}.`),
        " A completed path stays completed.",
      ),
    unlocked.length > 0 && [
      h("p", {}, "This unlocked:"),
      h("ul", { class: "unlocked" }, unlocked.map(link)),
    ],
    isGood && next(rollUp, titles),
  );
}

function headline({ changed, progress }) {
  if (!changed) return "This was already recorded.";
  const labels = {
    completed: "Done.",
    in_progress: progress.percent ? `Saved: ${progress.percent} %.` : "Started.",
    not_started: "Started over.",
    skipped: "Skipped.",
  };
  return labels[progress.status] ?? "Saved.";
}

function next(rollUp, titles) {
  if (!rollUp.next) return h("p", {}, "Nothing is left on this path.");
  const { module } = rollUp.next;
  return h(
    "p",
    {},
    h(
      "a",
      { class: "button primary", href: to("paths", rollUp.path, module) },
      `Next: ${titles.get(module)}`,
    ),
  );
}
