"use strict";

// Says whether the service is ready. Without this script the link to the same answer remains.
const health = document.getElementById("health");

fetch(health.href)
  .then((answer) => answer.ok)
  .catch(() => false)
  .then((isReady) => {
    health.textContent = isReady ? "ready" : "not ready";
    health.classList.add(isReady ? "health-good" : "health-bad");
  });
