/** A path: the user's progress and the map. */

import { fetchAll, get, post, remove } from "../api.js";
import { h, show, to } from "../dom.js";
import { day, duration, plural } from "../format.js";
import { badge, confirm, notice, problemNotice, ring } from "../components.js";
import { go } from "../router.js";
import { pathMap } from "./map.js";

export async function pathView({ path: slug }) {
  const [path, rollUp] = await Promise.all([get(`/paths/${slug}`), get(`/users/me/paths/${slug}`)]);
  const message = h("div");
  return h(
    "section",
    { class: "path" },
    h(
      "header",
      { class: "path-head" },
      ring(rollUp.percent, "large"),
      h(
        "div",
        {},
        h(
          "p",
          { class: "badges" },
          badge(path.level),
          statusBadge(rollUp),
          rollUp.overdue && badge("Overdue", "problem"),
        ),
        h("h1", {}, path.title),
        h("p", { class: "quiet" }, facts(rollUp)),
      ),
      h("p", { class: "actions" }, joinOrLeave(rollUp, message)),
    ),
    message,
    h("p", { class: "prose" }, path.description),
    rollUp.has_new_content &&
      notice(
        "You completed this path. Modules have been added since; your completion stays.",
      ),
    pathMap(rollUp),
    legend(),
  );
}

function statusBadge(rollUp) {
  if (rollUp.status === "completed") return badge("Completed", "done");
  return rollUp.status === "active" && badge("Following", "next");
}

function facts(rollUp) {
  const optional = rollUp.optional > 0 && `${rollUp.optional_done} of ${rollUp.optional} optional`;
  return [
    `${rollUp.required_done} of ${plural(rollUp.required, "module")}`,
    optional,
    rollUp.minutes_left > 0 && `${duration(rollUp.minutes_left)} left`,
    rollUp.due_at && `due ${day(rollUp.due_at)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function joinOrLeave(rollUp, message) {
  const isFollowed = ["active", "completed"].includes(rollUp.status);
  const act = isFollowed ? leave : join;
  const click = () => act(rollUp.path).catch((problem) => show(message, problemNotice(problem)));
  if (rollUp.status === "completed") return null;
  return h(
    "button",
    { type: "button", class: isFollowed ? "" : "primary", onclick: click },
    isFollowed ? "Leave this path" : "Follow this path",
  );
}

async function join(slug) {
  await post(`/paths/${slug}/enrollments`, {});
  go(to("paths", slug));
}

async function leave(slug) {
  const detail = "Your progress stays. You can come back at any time.";
  if (!(await confirm("Leave this path?", { yes: "Leave", detail }))) return;
  const mine = await fetchAll("/users/me/enrollments");
  await remove(`/enrollments/${mine.find(({ path }) => path === slug).id}`);
  go(to("paths", slug));
}

function legend() {
  return h(
    "p",
    { class: "legend quiet" },
    "Lines lead from a module to those that require it. Dashed modules are optional.",
  );
}
