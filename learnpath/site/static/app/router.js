/** A hash router: shows the view of the current fragment and moves the focus to it. */

import { h, show } from "./dom.js";
import { problemNotice } from "./components.js";

const SLOW = 250; // milliseconds until the loading message appears

let latest = 0; // the number of the last navigation; results of earlier ones are dropped

/**
 * Show views in `outlet`. `routes` maps patterns such as "/paths/:path" to views: functions that
 * take the named parts as an object and return a node, or a promise of one, with one h1 in it.
 * `guard` may return another address to redirect to.
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
  if (!address.startsWith("/")) return; // an anchor on this page, such as #view
  const redirect = guard(address);
  if (redirect) {
    location.replace(redirect);
    return;
  }
  latest += 1;
  const current = latest;
  const slow = setTimeout(
    () => show(outlet, h("p", { class: "loading", role: "status" }, "Loading …")),
    SLOW,
  );
  const node = await render(routes, address);
  clearTimeout(slow);
  if (current !== latest) return;
  show(outlet, node);
  focusHeading(outlet);
}

async function render(routes, address) {
  for (const [pattern, view] of routes) {
    const match = pattern.exec(address);
    if (match) return view(decoded(match.groups ?? {})).catch(problemView);
  }
  return h(
    "section",
    {},
    h("h1", {}, "Page not found"),
    h("p", {}, h("a", { href: "#/" }, "Back to the start")),
  );
}

function decoded(groups) {
  return Object.fromEntries(
    Object.entries(groups).map(([name, part]) => [name, decodeURIComponent(part)]),
  );
}

function problemView(problem) {
  return h("section", {}, h("h1", {}, "Something went wrong"), problemNotice(problem));
}

/** Set the title and focus the heading, so that screen readers announce the new page. */
function focusHeading(outlet) {
  const heading = outlet.querySelector("h1");
  document.title = `${heading.textContent} – learnpath`;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
