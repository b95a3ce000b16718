/** A module: its description, and the actions to report progress. */

import { get, page, post, put, remove } from "../api.js";
import { h, outside, show, to } from "../dom.js";
import { day, duration, STATES } from "../format.js";
import { badge, confirm, field, form, icon, notice, problemNotice } from "../components.js";
import { reportResult } from "./report-result.js";

export async function moduleView({ path, module }) {
  const body = h("section", { class: "module" });
  await fill(body, path, module);
  return body;
}

/** Show the module; after a report, with the result of the report on top. */
async function fill(body, path, slug, change) {
  const [rollUp, events] = await Promise.all([
    get(`/users/me/paths/${path}`),
    page("/users/me/progress/events", { module: slug, page_size: 10 }),
  ]);
  const place = rollUp.modules.find(({ module }) => module.slug === slug);
  if (!place) {
    show(body, h("h1", {}, "This module is not part of the path"), h("p", {}, back(rollUp)));
    return;
  }
  show(
    body,
    h("p", {}, back(rollUp)),
    change && reportResult(change, rollUp),
    header(place),
    place.locked && blocked(place, rollUp),
    h(
      "div",
      { class: "columns" },
      about(place.module),
      h("aside", {}, reporting(body, place, rollUp), history(events.items)),
    ),
  );
}

function back(rollUp) {
  return h("a", { class: "back", href: to("paths", rollUp.path) }, `← ${rollUp.title}`);
}

function header({ module, state, required, outdated }) {
  return h(
    "header",
    {},
    h(
      "p",
      { class: "badges" },
      badge(module.kind),
      badge(STATES[state], state === "completed" ? "done" : "plain"),
      !required && badge("Optional"),
      outdated && badge("Revised", "new"),
    ),
    h("h1", {}, module.title),
    h("p", { class: "quiet" }, duration(module.estimated_minutes)),
  );
}

function blocked(place, rollUp) {
  const titles = new Map(rollUp.modules.map(({ module }) => [module.slug, module.title]));
  const links = place.blocked_by.map((slug) =>
    h("li", {}, h("a", { href: to("paths", rollUp.path, slug) }, titles.get(slug) ?? slug)),
  );
  return notice(h("p", {}, icon("lock"), " Complete these modules first:"), h("ul", {}, links));
}

function about(module) {
  const read = module.links.map((link) =>
    h("li", {}, outside(link.url, link.title), link.file && h("code", {}, link.file)),
  );
  return h(
    "div",
    { class: "prose" },
    h("p", {}, module.summary),
    module.goals.length > 0 && [
      h("h2", {}, "Goals"),
      h(
        "ul",
        { class: "goals" },
        module.goals.map((goal) => h("li", {}, goal)),
      ),
    ],
    module.url && h("p", {}, outside(module.url, "Open the material")),
    read.length > 0 && [h("h2", {}, "To read"), h("ul", {}, read)],
  );
}

/** The actions that are possible in the current state. */
function reporting(body, place, rollUp) {
  const { module, state } = place;
  const address = `/users/me/progress/${module.slug}`;
  const message = h("div");
  const report = async (send) => {
    try {
      const change = await send();
      await fill(body, rollUp.path, module.slug, change);
      body.querySelector(".report-result").focus();
    } catch (problem) {
      show(message, problemNotice(problem));
    }
  };
  const button = (label, send, kind) =>
    h("button", { type: "button", class: kind, onclick: () => report(send) }, label);
  const status = (name) => () => put(address, { status: name });
  const isOpen = ["not_started", "in_progress"].includes(state);
  const buttons = [
    isOpen && button("Mark as completed", status("completed"), "primary"),
    state === "not_started" && button("Start", status("in_progress")),
    place.outdated && button("Mark the new version as completed", status("completed"), "primary"),
    state === "completed" && button("Mark as not completed", status("reopened")),
    isOpen && !place.required && button("Skip this module", () => post(`${address}/skip`)),
    state === "skipped" && button("Do not skip it", () => remove(`${address}/skip`), "primary"),
  ];
  return h(
    "section",
    { class: "card reporting" },
    h("h2", {}, "Your progress"),
    place.locked
      ? h("p", {}, "Locked for now.")
      : [
          state === "waived" && h("p", {}, "You are excused from this module."),
          place.completed_at &&
            h("p", { class: "quiet" }, `Completed on ${day(place.completed_at)}`),
          h("p", { class: "actions stacked" }, buttons),
          state === "in_progress" &&
            percentForm(place, (percent) => report(() => put(address, { percent }))),
          ["in_progress", "completed"].includes(state) &&
            startOver(() => report(() => remove(address))),
        ],
    message,
  );
}

function percentForm(place, act) {
  const number = h("input", {
    name: "percent",
    type: "number",
    min: place.percent,
    max: 99,
    value: place.percent,
  });
  return form(
    { label: "Save", act: ({ percent }) => act(Number(percent)) },
    field("Percent done", number, "It cannot go down unless you start over."),
  );
}

function startOver(act) {
  const detail = "Percent, time and score are cleared. Paths that you completed stay completed.";
  const click = async () =>
    (await confirm("Start this module over?", { yes: "Start over", detail })) && act();
  return h("p", {}, h("button", { type: "button", class: "link", onclick: click }, "Start over"));
}

function history(events) {
  if (events.length === 0) return null;
  const line = (event) =>
    h("li", {}, h("span", {}, describe(event)), h("span", { class: "quiet" }, day(event.occurred_at)));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "History"),
    h("ul", { class: "history" }, events.map(line)),
  );
}

function describe(event) {
  const labels = {
    completed: "Completed",
    started: "Worked on it",
    reopened: "Marked as not completed",
    reset: "Started over",
  };
  const percent = event.percent ? ` (${event.percent} %)` : "";
  return `${labels[event.kind] ?? event.kind}${percent}`;
}
