import { init } from "/viewers/redoc.js";

const viewer = document.getElementById("viewer");

init(viewer.dataset.document, { disableTelemetry: true }, viewer);
