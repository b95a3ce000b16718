"use strict";

// Shows whether the service is ready. Without JavaScript the link to the health check remains.
const health = document.getElementById("health");

fetch(health.href)
  .then((answer) => answer.ok)
  .catch(() => false)
  .then((isReady) => {
    health.textContent = isReady ? "ready" : "not ready";
    health.classList.add(isReady ? "health-good" : "health-bad");
  });
