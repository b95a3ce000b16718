import { init } from "/viewers/redoc.js";

// ReDoc's footer would load a logo from another server; serve it from here instead.
const image = HTMLImageElement.prototype;
const { get, set } = Object.getOwnPropertyDescriptor(image, "src");
const local = (address) => (/^https?:/.test(address) ? "/static/redocly.svg" : address);

Object.defineProperty(image, "src", {
  get,
  set(address) {
    set.call(this, local(address));
  },
});
image.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? local(value) : value);
};

const viewer = document.getElementById("viewer");

init(viewer.dataset.document, { disableTelemetry: true }, viewer);
