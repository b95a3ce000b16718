/** The home view: next modules, progress on each path, and the activity calendar. */

import { fetchAll, get } from "../api.js";
import { h, to } from "../dom.js";
import { day, daysBefore, duration, plural, today } from "../format.js";
import { badge, icon, ring } from "../components.js";
import { calendar, CALENDAR_DAYS } from "./calendar.js";

export function homeView(me) {
  return async () => {
    const until = today(me().timezone);
    const [enrollments, activity] = await Promise.all([
      fetchAll("/users/me/enrollments"),
      get("/users/me/activity", { from: daysBefore(until, CALENDAR_DAYS - 1), to: until }),
    ]);
    const followed = enrollments.filter((enrollment) => enrollment.status !== "withdrawn");
    const paths = await Promise.all(followed.map(({ path }) => get(`/users/me/paths/${path}`)));
    return h(
      "section",
      { class: "home" },
      h("h1", {}, `Hello, ${me().name}`),
      nextSteps(paths),
      paths.length > 0 &&
        h(
          "section",
          {},
          h("h2", {}, "Your paths"),
          h("ul", { class: "tiles" }, paths.map(pathTile)),
        ),
      h("section", {}, h("h2", {}, "Your days"), calendar(activity, until)),
    );
  };
}

/** One card per path with a next module; the first card is larger. */
function nextSteps(paths) {
  const waiting = paths.filter((path) => path.status === "active" && path.next);
  if (waiting.length === 0) return nothingNext(paths);
  return h(
    "section",
    {},
    h("h2", {}, "What next"),
    h(
      "ul",
      { class: "next-steps" },
      waiting.map((path) => h("li", {}, nextCard(path))),
    ),
  );
}

function nextCard(path) {
  const place = path.modules.find(({ module }) => module.slug === path.next.module);
  const begun = path.next.state === "in_progress";
  return h(
    "a",
    { class: "card next-card", href: to("paths", path.path, place.module.slug) },
    icon("next"),
    h(
      "span",
      {},
      h("span", { class: "quiet" }, path.title),
      h("strong", {}, place.module.title),
      h(
        "span",
        { class: "quiet" },
        begun ? `Go on, ${place.percent} % done` : duration(path.next.estimated_minutes),
      ),
    ),
  );
}

function nothingNext(paths) {
  const words = paths.length
    ? "Everything on your paths is done. The catalogue has more."
    : "You do not follow a path yet. Choose one in the catalogue.";
  return h(
    "section",
    { class: "card empty" },
    h("p", {}, words),
    h("p", {}, h("a", { class: "button primary", href: "#/catalogue" }, "Open the catalogue")),
  );
}

function pathTile(path) {
  const left = path.minutes_left ? `${duration(path.minutes_left)} left` : "";
  const due = path.due_at && path.status === "active" && `due ${day(path.due_at)}`;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "card tile", href: to("paths", path.path) },
      ring(path.percent),
      h(
        "span",
        {},
        h("strong", {}, path.title),
        h(
          "span",
          { class: "quiet" },
          `${path.required_done} of ${plural(path.required, "module")}`,
        ),
        h("span", { class: "quiet" }, [left, due].filter(Boolean).join(" · ")),
        path.status === "completed" && badge("Completed", "done"),
        path.has_new_content && badge("New content", "new"),
        path.overdue && badge("Overdue", "problem"),
      ),
    ),
  );
}
