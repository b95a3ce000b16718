/** Lists that are read page by page, and narrowed by a form. */

import { h, show } from "./dom.js";
import { more } from "./parts.js";

/**
 * A form of `controls`, and below it what they narrow. `begin` is called for each search; it
 * returns a node without items yet, and a function that adds the page at a cursor to it. Each
 * search fills a node of its own, so that a slow answer to an earlier one never comes in between.
 */
export async function narrowed(controls, begin) {
  const results = h("div");
  const look = async () => {
    const { node, load } = begin();
    const pager = more(load);
    show(results, node, pager.place);
    await pager.next();
  };
  const submit = (event) => {
    event.preventDefault();
    look();
  };
  const change = (event) => event.target.matches("select") && look();
  const hasText = controls.some((control) => control.matches("input"));
  const form = h(
    "form",
    { class: "filters", role: "search", onsubmit: submit, onchange: change },
    controls,
    hasText && h("button", {}, "Search"),
  );
  await look();
  return [form, results];
}

/** A choice among values, or all of them. */
export function choice(name, label, all, values) {
  const options = values.map((value) => h("option", { value }, value));
  return h("select", { name, "aria-label": label }, h("option", { value: "" }, all), options);
}

export function search(label) {
  return h("input", { type: "search", name: "q", "aria-label": label, placeholder: label });
}

/** A table with these column names; on a phone each row becomes a card. */
export function table(names, body) {
  const heads = names.map((name) => h("th", { scope: "col" }, name));
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), body);
}
