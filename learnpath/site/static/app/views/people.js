/** Everybody who has an account, for admins. */

import { page } from "../api.js";
import { h, show } from "../dom.js";
import { day, plural } from "../format.js";
import { badge, more } from "../parts.js";

const COLUMNS = ["Person", "Role", "Status", "Modules done", "Since"];

export async function peopleView() {
  const rows = h("tbody");
  const pages = h("div");
  const said = h("p", { class: "quiet", role: "status" });
  const search = h("input", {
    type: "search",
    name: "q",
    "aria-label": "Search names and addresses",
    placeholder: "Name or email address",
  });
  const role = choice("Role", "Every role", ["learner", "instructor", "admin"]);
  const status = choice("Status", "Every status", ["active", "deactivated"]);
  const look = async () => {
    show(rows);
    const pager = more(async (cursor) => {
      const narrowed = { q: search.value.trim(), role: role.value, status: status.value };
      const found = await page("/users/", {
        ...narrowed,
        cursor,
        page_size: 25,
        count: cursor ? undefined : true,
      });
      rows.append(...found.items.map(person));
      if (found.total !== undefined) show(said, plural(found.total, "person", "people"));
      return found.next;
    });
    show(pages, pager.place);
    await pager.next();
  };
  await look();
  return h(
    "section",
    {},
    h("h1", {}, "People"),
    h(
      "form",
      {
        class: "filters",
        role: "search",
        onsubmit: (event) => {
          event.preventDefault();
          look();
        },
        onchange: look,
      },
      search,
      role,
      status,
      h("button", {}, "Search"),
    ),
    said,
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          COLUMNS.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      rows,
    ),
    pages,
  );
}

function choice(label, all, values) {
  const options = values.map((value) => h("option", { value }, value));
  return h("select", { "aria-label": label }, h("option", { value: "" }, all), options);
}

function person(user) {
  const done = Object.values(user.progress).filter(Boolean).length;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, user.name, h("span", { class: "quiet block" }, user.email)),
    h("td", { "data-name": "Role" }, badge(user.role, user.role === "learner" ? "plain" : "next")),
    h(
      "td",
      { "data-name": "Status" },
      badge(user.status, user.status === "active" ? "done" : "problem"),
    ),
    h("td", { "data-name": "Modules done", class: "number" }, String(done)),
    h("td", { "data-name": "Since" }, day(user.created_at)),
  );
}
