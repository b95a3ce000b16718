/** Who follows a path, one row each, and whole classes that join it. */

import { file, get, page, post } from "../api.js";
import { h, show } from "../dom.js";
import { ago, day, plural } from "../format.js";
import { choice, narrowed, table } from "../lists.js";
import { badge, bar, field, form, problemNotice, save } from "../parts.js";
import { teachingHead } from "./teach.js";

const COLUMNS = ["Learner", "Progress", "Status", "Last active", "Due"];

export async function learnersView({ path: slug }) {
  const path = await get(`/paths/${slug}`);
  const told = h("div");
  const status = choice("status", "Status", "Everybody", ["active", "completed", "withdrawn"]);
  const begin = () => {
    const rows = h("tbody");
    const query = { status: status.value, page_size: 25 };
    const load = async (cursor) => {
      const found = await page(`/paths/${slug}/learners`, { ...query, cursor });
      rows.append(...found.items.map(learner));
      return found.next;
    };
    return { node: table(COLUMNS, rows), load };
  };
  const download = async () => {
    try {
      save(await file(`/paths/${slug}/learners`, "text/csv"), `${slug}-learners.csv`);
    } catch (problem) {
      show(told, problemNotice(problem));
    }
  };
  const button = h("button", { type: "button", onclick: download }, "Download all as CSV");
  const [filters, results] = await narrowed([status], begin);
  filters.append(button);
  return h("section", {}, teachingHead(path, "Learners"), filters, told, results);
}

function learner(row) {
  const share = row.required ? row.required_done / row.required : 0;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, row.name, h("span", { class: "quiet block" }, row.email)),
    h(
      "td",
      { "data-name": "Progress" },
      h("span", { class: "with-bar" }, bar(share), `${row.required_done} of ${row.required}`),
    ),
    h(
      "td",
      { "data-name": "Status" },
      badge(row.status, row.status === "completed" ? "done" : "plain"),
      row.overdue && badge("Overdue", "problem"),
    ),
    h("td", { "data-name": "Last active" }, ago(row.last_activity_at)),
    h("td", { "data-name": "Due" }, day(row.due_at)),
  );
}

export async function enrollView({ path: slug }) {
  const path = await get(`/paths/${slug}`);
  const results = h("div", { role: "status" });
  const act = async ({ emails, due }) => {
    const wanted = emails.split(/[\s,;]+/).filter(Boolean);
    const body = { paths: [slug], emails: wanted, ...(due && { due_at: `${due}T23:59:59Z` }) };
    show(results, outcome(await post("/enrollments/bulk", body)));
  };
  return h(
    "section",
    {},
    teachingHead(path, "Enroll"),
    h(
      "p",
      { class: "prose" },
      "Whoever has no account is invited, and is enrolled on registering.",
    ),
    h(
      "div",
      { class: "card narrow" },
      form(
        { label: "Enroll them", act },
        field(
          "Email addresses",
          h("textarea", { name: "emails", rows: 6, required: true }),
          "One per line, or separated by commas; at most 500.",
        ),
        field("Due date", h("input", { name: "due", type: "date" }), "Leave it empty for none."),
      ),
    ),
    results,
  );
}

function outcome(results) {
  const kinds = { enrolled: "done", invited: "next", refused: "problem" };
  const one = (result) =>
    h(
      "li",
      {},
      badge(result.result, kinds[result.result]),
      ` ${result.email}`,
      result.reason && h("span", { class: "quiet" }, ` ${result.reason}`),
    );
  return h(
    "section",
    {},
    h("h2", {}, `${plural(results.length, "person", "people")}`),
    h("ul", { class: "results" }, results.map(one)),
  );
}
