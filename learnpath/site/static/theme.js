"use strict";

// Light or dark: the last choice of the user, or the preference of the system. Loaded before the
// first paint, so that the page does not flash.
{
  const STORAGE_KEY = "learnpath.theme";
  const root = document.documentElement;
  const stored = localStorage.getItem(STORAGE_KEY);
  if (stored) root.dataset.theme = stored;

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".theme-switch")) return;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem(STORAGE_KEY, root.dataset.theme);
  });
}
