/** A calendar of the days with activity, week by week, and the streaks. */

import { h } from "../dom.js";
import { daysBefore, plural } from "../format.js";
import { icon } from "../components.js";

const WEEKS = 26;
export const CALENDAR_DAYS = WEEKS * 7;
const LEVELS = [1, 2, 4, 7]; // the number of events from which a day is darker

/** `activity` is the answer of /users/me/activity for the CALENDAR_DAYS until `until`. */
export function calendar(activity, until) {
  const events = new Map(activity.days.map((day) => [day.date, day.events]));
  const days = Array.from({ length: CALENDAR_DAYS }, (_, index) =>
    daysBefore(until, CALENDAR_DAYS - 1 - index),
  );
  const summary = `You learned on ${plural(activity.days.length, "day")} of the last ${CALENDAR_DAYS}`;
  return h(
    "div",
    { class: "card calendar" },
    h(
      "dl",
      { class: "streaks" },
      figure(plural(activity.current_streak, "day"), "current streak", icon("flame")),
      figure(plural(activity.longest_streak, "day"), "longest streak"),
      figure(plural(activity.days.length, "day"), "in half a year"),
    ),
    h(
      "div",
      { class: "weeks", role: "img", "aria-label": `${summary}.` },
      weeks(days).map((week) => oneWeek(week, events)),
    ),
  );
}

function figure(number, name, picture) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, picture, number));
}

/** Split the days into weeks that begin on Monday. */
function weeks(days) {
  const result = [[]];
  for (const date of days) {
    const isMonday = new Date(`${date}T12:00:00Z`).getUTCDay() === 1;
    if (isMonday && result.at(-1).length) result.push([]);
    result.at(-1).push(date);
  }
  return result;
}

function oneWeek(dates, events) {
  const isFirst = dates.length < 7 && new Date(`${dates[0]}T12:00:00Z`).getUTCDay() !== 1;
  return h(
    "div",
    { class: isFirst ? "week week-cut" : "week" },
    dates.map((date) => oneDay(date, events.get(date) ?? 0)),
  );
}

function oneDay(date, count) {
  const level = LEVELS.filter((least) => count >= least).length;
  return h("span", { class: `day day-${level}`, title: `${date}: ${plural(count, "report")}` });
}
