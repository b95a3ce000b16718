/** Makes DOM nodes. Text stays text: nothing here, or anywhere in the console, parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element: `h("a", { href, onclick }, "text", anotherNode)`. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Put children into a node in place of what was there. */
export function show(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

/** `condition && node` may stand among children: what is not there is left out. */
function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

/** An address of the console from its parts, which may hold any character. */
export function to(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** A link to another site, or plain text where the address is not one of the web. */
export function outside(url, ...children) {
  if (!/^https?:\/\//i.test(url ?? "")) return h("span", {}, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
