/** Creates DOM nodes. Text is never parsed as HTML, here or anywhere in the console. */

const SVG = "http://www.w3.org/2000/svg";

/** Create an HTML element: `h("a", { href, onclick }, "text", anotherNode)`. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Create an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Replace the children of a node. */
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

/** Drop null, undefined and false, so that children may contain `condition && node`. */
function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

/** The hash address of a view, with its parts encoded. */
export function to(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** A link to another site, or plain text if the URL is not http(s). */
export function outside(url, ...children) {
  if (!/^https?:\/\//i.test(url ?? "")) return h("span", {}, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
