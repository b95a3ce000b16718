/** Paginated lists with a filter form. */

import { h, show } from "./dom.js";
import { more } from "./components.js";

/**
 * A form of `controls` with the filtered list below it. `begin` is called for each search; it
 * returns an empty node and a function that appends the page at a cursor to it. Each search has
 * its own node, so that late responses to an earlier search are never shown.
 */
export async function filteredList(controls, begin) {
  const results = h("div");
  const update = async () => {
    const { node, load } = begin();
    const pager = more(load);
    show(results, node, pager.node);
    await pager.next();
  };
  const submit = (event) => {
    event.preventDefault();
    update();
  };
  const change = (event) => event.target.matches("select") && update();
  const hasText = controls.some((control) => control.matches("input"));
  const form = h(
    "form",
    { class: "filters", role: "search", onsubmit: submit, onchange: change },
    controls,
    hasText && h("button", {}, "Search"),
  );
  await update();
  return [form, results];
}

/** A select of these values, with an option for all of them. */
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
