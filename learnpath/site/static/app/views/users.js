/** All users, for admins. */

import { page } from "../api.js";
import { h, show } from "../dom.js";
import { day, plural } from "../format.js";
import { choice, filteredList, search, table } from "../lists.js";
import { badge } from "../components.js";

const COLUMNS = ["Person", "Role", "Status", "Modules done", "Since"];

export async function usersView() {
  const total = h("p", { class: "quiet", role: "status" });
  const words = search("Name or email address");
  const role = choice("role", "Role", "Every role", ["learner", "instructor", "admin"]);
  const status = choice("status", "Status", "Every status", ["active", "deactivated"]);
  const begin = () => {
    const rows = h("tbody");
    const query = { q: words.value.trim(), role: role.value, status: status.value, count: true };
    const load = async (cursor) => {
      const result = await page("/users/", { ...query, cursor, page_size: 25 });
      rows.append(...result.items.map(person));
      show(total, plural(result.total, "person", "people"));
      return result.next;
    };
    return { node: table(COLUMNS, rows), load };
  };
  const [form, results] = await filteredList([words, role, status], begin);
  return h("section", {}, h("h1", {}, "People"), form, total, results);
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
