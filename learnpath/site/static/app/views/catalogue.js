/** What there is to learn: the published paths, narrowed by words and by level. */

import { page } from "../api.js";
import { h, show, to } from "../dom.js";
import { duration, plural } from "../format.js";
import { badge, more } from "../parts.js";

const LEVELS = ["beginner", "intermediate", "advanced"];

export async function catalogueView() {
  const list = h("ul", { class: "tiles wide" });
  const said = h("p", { class: "quiet", role: "status" });
  const search = h("input", {
    type: "search",
    name: "q",
    "aria-label": "Search the catalogue",
    placeholder: "Search",
  });
  const level = h("select", { name: "level", "aria-label": "Level" }, levelOptions());
  let pager;

  const look = async () => {
    show(list);
    pager = more(async (cursor) => {
      const found = await page("/paths", {
        q: search.value.trim(),
        level: level.value,
        cursor,
        page_size: 24,
      });
      const open = found.items.filter((path) => path.status === "published");
      list.append(...open.map(pathCard));
      show(said, list.children.length ? "" : "Nothing fits. Try fewer words.");
      return found.next;
    });
    show(pages, pager.place);
    await pager.next();
  };
  const pages = h("div");
  await look();
  return h(
    "section",
    {},
    h("h1", {}, "Catalogue"),
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
      level,
      h("button", {}, "Search"),
    ),
    said,
    list,
    pages,
  );
}

function levelOptions() {
  return [
    h("option", { value: "" }, "Every level"),
    LEVELS.map((name) => h("option", { value: name }, name)),
  ];
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
