import { init } from "/viewers/redoc.js";

// ReDoc's footer would fetch a logo from its makers' server. This page asks no other server.
const image = HTMLImageElement.prototype;
const { get, set } = Object.getOwnPropertyDescriptor(image, "src");
const ours = (address) => (/^https?:/.test(address) ? "/static/redocly.svg" : address);

Object.defineProperty(image, "src", {
  get,
  set(address) {
    set.call(this, ours(address));
  },
});
image.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? ours(value) : value);
};

const viewer = document.getElementById("viewer");

init(viewer.dataset.document, { disableTelemetry: true }, viewer);
