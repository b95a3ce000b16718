/** The paths that the instructor is an author of. */

import { fetchAll } from "../api.js";
import { h, to } from "../dom.js";
import { plural } from "../format.js";
import { badge } from "../components.js";

export function instructorView(me) {
  return async () => {
    const paths = await fetchAll("/paths");
    const mine = paths.filter((path) => me().role === "admin" || path.authors.includes(me().id));
    return h(
      "section",
      {},
      h("h1", {}, "Teach"),
      mine.length === 0 &&
        h(
          "p",
          { class: "card empty" },
          "You are not an author of any path yet. An admin can add you as an author.",
        ),
      h("ul", { class: "tiles wide" }, mine.map(tile)),
    );
  };
}

function tile(path) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "card path-card", href: to("teach", path.slug) },
      h(
        "span",
        { class: "badges" },
        badge(path.status, path.status === "published" ? "done" : "plain"),
      ),
      h("strong", {}, path.title),
      h("span", { class: "quiet clamp" }, path.description),
      h("span", { class: "quiet" }, plural(path.module_count, "module")),
    ),
  );
}

/** The heading and the tabs of a path for its authors. */
export function instructorHeader(path, here) {
  const tab = (name, address) =>
    h("a", { href: address, "aria-current": name === here && "page" }, name);
  return [
    h("p", {}, h("a", { class: "back", href: "#/teach" }, "← Teach")),
    h("h1", {}, path.title),
    h(
      "nav",
      { class: "tabs", "aria-label": "This path" },
      tab("Funnel", to("teach", path.slug)),
      tab("Learners", to("teach", path.slug, "learners")),
      tab("Enroll", to("teach", path.slug, "enroll")),
    ),
  ];
}
