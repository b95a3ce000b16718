/** Components that several views use. */

import { h, show, svg } from "./dom.js";
import { wait } from "./format.js";

const ICONS = {
  lock: ["M5 9h10v7H5z", "M7 9V6.5a3 3 0 0 1 6 0V9"],
  done: ["M4.5 10.5l3.6 3.6 7.4-8"],
  next: ["M7 4.5v11l8-5.5z"],
  flame: [
    "M10 2.5c.5 3 4.5 4.5 4.5 8.7a4.5 4.5 0 0 1-9 0c0-1.7.8-2.7 1.7-3.7.2 1.3.8 2 1.5 2.2C8.3 7.5 8.7 4.5 10 2.500z",
  ],
  new: ["M10 3v14", "M3 10h14", "M5.5 5.5l9 9", "M14.5 5.5l-9 9"],
  skip: ["M4 5l6 5-6 5z", "M11 5l6 5-6 5z"],
};

export function icon(name) {
  const strokes = ICONS[name].map((d) => svg("path", { d }));
  return svg(
    "svg",
    { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true" },
    strokes,
  );
}

/** A ring that shows a percent, with the number in the middle. */
export function ring(percent, size = "small") {
  const label = percent === null ? "Nothing is required" : `${percent} % done`;
  const circle = (kind, length) =>
    svg("circle", {
      class: kind,
      cx: 50,
      cy: 50,
      r: 42,
      pathLength: 100,
      "stroke-dasharray": `${length} 100`,
    });
  return svg(
    "svg",
    { viewBox: "0 0 100 100", class: `ring ring-${size}`, role: "img", "aria-label": label },
    circle("ring-track", 100),
    percent > 0 && circle("ring-done", percent),
    svg(
      "text",
      { x: 50, y: 50, "text-anchor": "middle", "dominant-baseline": "central" },
      percent === null ? "–" : String(percent),
    ),
  );
}

export function badge(text, kind = "plain") {
  return h("span", { class: `badge badge-${kind}` }, text);
}

/** A horizontal bar of a share between 0 and 1; show the number beside it. */
export function bar(share, kind = "done") {
  const filled = h("span", { class: `bar-${kind}` });
  filled.style.width = `${Math.round(share * 1000) / 10}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, filled);
}

/** The message of a Problem, and when to try again. */
export function problemNotice(problem) {
  console.debug(problem);
  const isProblem = problem.name === "Problem";
  const text = isProblem ? problem.message : "Something went wrong on this page. Reload it and try again.";
  const later = problem.retryAfter ? ` Try again in ${wait(problem.retryAfter)}.` : "";
  return h("p", { class: "notice notice-problem", role: "alert" }, text, later);
}

export function notice(...children) {
  return h("div", { class: "notice", role: "status" }, ...children);
}

/** A labelled control. `control` is an input, select or textarea with a name. */
export function field(label, control, hint) {
  const id = `field-${control.name}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    control,
    h("p", { class: "hint", id: `${id}-hint` }, hint),
  );
}

/**
 * A form that calls `act` with its values and shows a Problem: the messages of `errors` at their
 * fields, other messages above the button.
 */
export function form({ label, act, danger = false }, ...fields) {
  const message = h("div");
  const button = h("button", { class: danger ? "danger" : "primary" }, label);
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    clear(node, message);
    try {
      await act(Object.fromEntries(new FormData(node)), message);
    } catch (problem) {
      showProblem(node, message, problem);
    } finally {
      button.disabled = false;
    }
  };
  const node = h(
    "form",
    { novalidate: true, onsubmit: submit },
    ...fields,
    message,
    h("p", { class: "actions" }, button),
  );
  return node;
}

function clear(node, message) {
  show(message);
  for (const control of node.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    show(node.querySelector(`#${control.id}-hint`));
  }
}

function showProblem(node, message, problem) {
  let first = null;
  for (const [name, messages] of Object.entries(problem.errors ?? {})) {
    const control = node.elements[name];
    if (!control) continue;
    control.setAttribute("aria-invalid", "true");
    show(node.querySelector(`#${control.id}-hint`), [messages].flat().join(" "));
    first ??= control;
  }
  if (first) first.focus();
  else show(message, problemNotice(problem));
}

/** Ask for confirmation; resolves to true or false. */
export function confirm(question, { yes, detail }) {
  return new Promise((resolve) => {
    const close = (answer) => () => dialog.close(answer);
    const dialog = h(
      "dialog",
      {
        "aria-labelledby": "question",
        onclose: () => {
          dialog.remove();
          resolve(dialog.returnValue === "yes");
        },
      },
      h("h2", { id: "question" }, question),
      h("p", {}, detail),
      h(
        "p",
        { class: "actions" },
        h("button", { type: "button", class: "danger", onclick: close("yes") }, yes),
        h("button", { type: "button", autofocus: true, onclick: close("no") }, "Keep it"),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A button that loads the next page, while there is one. */
export function more(load) {
  let cursor;
  const node = h("p", { class: "actions" });
  const button = h("button", { type: "button", onclick: () => next() }, "Show more");
  const next = async () => {
    button.disabled = true;
    try {
      cursor = await load(cursor);
      show(node, cursor && button);
    } catch (problem) {
      show(node, problemNotice(problem));
    } finally {
      button.disabled = false;
    }
  };
  return { node, next };
}

/** Save a Blob as a download. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
