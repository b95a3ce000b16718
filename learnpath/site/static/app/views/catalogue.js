/** The catalogue: published paths, filtered by text and level. */

import { page } from "../api.js";
import { h, show, to } from "../dom.js";
import { duration, plural } from "../format.js";
import { choice, filteredList, search } from "../lists.js";
import { badge } from "../components.js";

const LEVELS = ["beginner", "intermediate", "advanced"];

export async function catalogueView() {
  const words = search("Search the catalogue");
  const level = choice("level", "Level", "Every level", LEVELS);
  const begin = () => {
    const list = h("ul", { class: "tiles wide" });
    const message = h("p", { class: "quiet", role: "status" });
    const query = { q: words.value.trim(), level: level.value };
    const load = async (cursor) => {
      const result = await page("/paths", { ...query, cursor, page_size: 24 });
      const open = result.items.filter((path) => path.status === "published");
      list.append(...open.map(pathCard));
      show(message, list.children.length === 0 && "No path matches. Try fewer words.");
      return result.next;
    };
    return { node: h("div", {}, message, list), load };
  };
  const list = await filteredList([words, level], begin);
  return h("section", {}, h("h1", {}, "Catalogue"), list);
}

function pathCard(path) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "card path-card", href: to("paths", path.slug) },
      h(
        "span",
        { class: "badges" },
        badge(path.level),
        path.tags.slice(0, 4).map((tag) => badge(tag, "tag")),
      ),
      h("strong", {}, path.title),
      h("span", { class: "quiet clamp" }, path.description),
      h(
        "span",
        { class: "quiet" },
        `${plural(path.module_count, "module")} · ${duration(path.estimated_minutes)}`,
      ),
    ),
  );
}
