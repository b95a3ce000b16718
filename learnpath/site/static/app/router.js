/** Decides by the part of the address after # which view is shown, and moves the focus there. */

import { h, show } from "./dom.js";
import { problemNotice } from "./parts.js";

const SLOW = 250; // milliseconds until we say that something is being loaded

let newest = 0; // the number of the navigation that counts; a slower, older one is dropped

/**
 * Show views in `outlet` from now on. `routes` maps patterns such as "/paths/:path" to views:
 * functions of { the named parts } that return, or promise, a node with one h1 in it.
 * `guard` may send an address somewhere else.
 */
export function start(outlet, routes, guard) {
  const compiled = Object.entries(routes).map(([pattern, view]) => [compile(pattern), view]);
  const navigate = () => enter(outlet, compiled, guard);
  window.addEventListener("hashchange", navigate);
  return navigate();
}

export function go(address) {
  if (location.hash === address) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = address;
}

function compile(pattern) {
  return new RegExp(`^${pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
}

async function enter(outlet, routes, guard) {
  const address = location.hash.slice(1) || "/";
  if (!address.startsWith("/")) return; // a place on this page, such as #view
  const elsewhere = guard(address);
  if (elsewhere) {
    location.replace(elsewhere);
    return;
  }
  newest += 1;
  const mine = newest;
  const slow = setTimeout(
    () => show(outlet, h("p", { class: "loading", role: "status" }, "One moment …")),
    SLOW,
  );
  const node = await look(routes, address);
  clearTimeout(slow);
  if (mine !== newest) return;
  show(outlet, node);
  arrive(outlet);
}

async function look(routes, address) {
  for (const [pattern, view] of routes) {
    const match = pattern.exec(address);
    if (match) return view(decoded(match.groups ?? {})).catch(problemView);
  }
  return h(
    "section",
    {},
    h("h1", {}, "There is no such page"),
    h("p", {}, h("a", { href: "#/" }, "Back to the start")),
  );
}

function decoded(groups) {
  return Object.fromEntries(
    Object.entries(groups).map(([name, part]) => [name, decodeURIComponent(part)]),
  );
}

function problemView(problem) {
  return h("section", {}, h("h1", {}, "That did not work"), problemNotice(problem));
}

/** Tell people who cannot see it that this is another page. */
function arrive(outlet) {
  const heading = outlet.querySelector("h1");
  document.title = `${heading.textContent} – learnpath`;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
