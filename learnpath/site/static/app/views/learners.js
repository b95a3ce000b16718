/** The learners of a path, and bulk enrollment. */

import { file, get, page, post } from "../api.js";
import { h, show } from "../dom.js";
import { ago, day, plural } from "../format.js";
import { choice, filteredList, table } from "../lists.js";
import { badge, bar, field, form, problemNotice, save } from "../components.js";
import { instructorHeader } from "./instructor.js";

const COLUMNS = ["Learner", "Progress", "Status", "Last active", "Due"];

export async function learnersView({ path: slug }) {
  const path = await get(`/paths/${slug}`);
  const message = h("div");
  const status = choice("status", "Status", "All", ["active", "completed", "withdrawn"]);
  const begin = () => {
    const rows = h("tbody");
    const query = { status: status.value, page_size: 25 };
    const load = async (cursor) => {
      const result = await page(`/paths/${slug}/learners`, { ...query, cursor });
      rows.append(...result.items.map(learner));
      return result.next;
    };
    return { node: table(COLUMNS, rows), load };
  };
  const download = async () => {
    try {
      save(await file(`/paths/${slug}/learners`, "text/csv"), `${slug}-learners.csv`);
    } catch (problem) {
      show(message, problemNotice(problem));
    }
  };
  const button = h("button", { type: "button", onclick: download }, "Download all as CSV");
  const [filters, results] = await filteredList([status], begin);
  filters.append(button);
  return h("section", {}, instructorHeader(path, "Learners"), filters, message, results);
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
    const addresses = emails.split(/[\s,;]+/).filter(Boolean);
    const body = { paths: [slug], emails: addresses, ...(due && { due_at: `${due}T23:59:59Z` }) };
    show(results, outcome(await post("/enrollments/bulk", body)));
  };
  return h(
    "section",
    {},
    instructorHeader(path, "Enroll"),
    h(
      "p",
      { class: "prose" },
      "People without an account are invited, and are enrolled when they register.",
    ),
    h(
      "div",
      { class: "card narrow" },
      form(
        { label: "Enroll learners", act },
        field(
          "Email addresses",
          h("textarea", { name: "emails", rows: 6, required: true }),
          "One per line, or separated by commas; at most 500.",
        ),
        field("Due date", h("input", { name: "due", type: "date" }), "Optional."),
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
