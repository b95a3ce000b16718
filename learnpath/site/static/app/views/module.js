/** One module: what it is about, and everything that can be reported of it. */

import { get, page, post, put, remove } from "../api.js";
import { h, outside, show, to } from "../dom.js";
import { day, duration, STATES } from "../format.js";
import { badge, confirm, field, form, icon, notice, problemNotice } from "../parts.js";
import { moment } from "./moment.js";

export async function moduleView({ path, module }) {
  const body = h("section", { class: "module" });
  await fill(body, path, module);
  return body;
}

/** Show the module as it is now; after a report, with what the report came to on top. */
async function fill(body, path, slug, change) {
  const [rollUp, history] = await Promise.all([
    get(`/users/me/paths/${path}`),
    page("/users/me/progress/events", { module: slug, page_size: 10 }),
  ]);
  const place = rollUp.modules.find(({ module }) => module.slug === slug);
  if (!place) {
    show(body, h("h1", {}, "This module is not on the path"), h("p", {}, back(rollUp)));
    return;
  }
  show(
    body,
    h("p", {}, back(rollUp)),
    change && moment(change, rollUp),
    header(place),
    place.locked && blocked(place, rollUp),
    h(
      "div",
      { class: "columns" },
      about(place.module),
      h("aside", {}, reporting(body, place, rollUp), events(history.items)),
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
  return notice(h("p", {}, icon("lock"), " This opens once you have done:"), h("ul", {}, links));
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

/** The reports that make sense in this state. */
function reporting(body, place, rollUp) {
  const { module, state } = place;
  const address = `/users/me/progress/${module.slug}`;
  const told = h("div");
  const report = async (send) => {
    try {
      const change = await send();
      await fill(body, rollUp.path, module.slug, change);
      body.querySelector(".moment").focus();
    } catch (problem) {
      show(told, problemNotice(problem));
    }
  };
  const button = (label, send, kind) =>
    h("button", { type: "button", class: kind, onclick: () => report(send) }, label);
  const status = (name) => () => put(address, { status: name });
  const isOpen = ["not_started", "in_progress"].includes(state);
  const buttons = [
    isOpen && button("Mark as completed", status("completed"), "primary"),
    state === "not_started" && button("Start", status("in_progress")),
    place.outdated && button("Completed in its new form", status("completed"), "primary"),
    state === "completed" && button("Not completed after all", status("reopened")),
    isOpen && !place.required && button("Leave it out", () => post(`${address}/skip`)),
    state === "skipped" && button("Take it up again", () => remove(`${address}/skip`), "primary"),
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
    told,
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
    field("How far, in percent", number, "It only grows, until you start over."),
  );
}

function startOver(act) {
  const detail = "Percent, time and score are cleared. Paths that you completed stay completed.";
  const click = async () =>
    (await confirm("Start this module over?", { yes: "Start over", detail })) && act();
  return h("p", {}, h("button", { type: "button", class: "link", onclick: click }, "Start over"));
}

function events(happened) {
  if (happened.length === 0) return null;
  const line = (event) =>
    h("li", {}, h("span", {}, said(event)), h("span", { class: "quiet" }, day(event.occurred_at)));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "History"),
    h("ul", { class: "history" }, happened.map(line)),
  );
}

function said(event) {
  const words = {
    completed: "Completed",
    started: "Worked on it",
    reopened: "Taken back",
    reset: "Started over",
  };
  const percent = event.percent ? ` (${event.percent} %)` : "";
  return `${words[event.kind] ?? event.kind}${percent}`;
}
