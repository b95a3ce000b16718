"use strict";

// Light or dark: what the switch was last set to, or else what the system prefers. It is loaded
// before the page is drawn, so that nothing flashes.
{
  const KEPT = "learnpath.theme";
  const root = document.documentElement;
  const kept = localStorage.getItem(KEPT);
  if (kept) root.dataset.theme = kept;

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".theme-switch")) return;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem(KEPT, root.dataset.theme);
  });
}
