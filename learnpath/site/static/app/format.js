/** Formats numbers, times and states for display. */

export const STATES = {
  not_started: "Not started",
  in_progress: "In progress",
  completed: "Completed",
  skipped: "Skipped",
  waived: "Excused",
};

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** 95 → "1 h 35 min". */
export function duration(minutes) {
  if (!minutes) return "";
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}

export function day(time) {
  return time
    ? new Date(time).toLocaleDateString("en-GB", {
        day: "numeric",
        month: "short",
        year: "numeric",
      })
    : "–";
}

/** A time relative to now: "today", "3 days ago", then the date. */
export function ago(time) {
  if (!time) return "–";
  const days = Math.floor((Date.now() - Date.parse(time)) / 86_400_000);
  if (days > 30) return day(time);
  if (days < 1) return "in the last day";
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** Seconds to wait, in words. */
export function wait(seconds) {
  return seconds < 90
    ? plural(Math.ceil(seconds), "second")
    : plural(Math.ceil(seconds / 60), "minute");
}

/** Today in a time zone, as YYYY-MM-DD. */
export function today(timezone) {
  return new Date().toLocaleDateString("en-CA", { timeZone: timezone });
}

/** The date so many days before another, both as YYYY-MM-DD. */
export function daysBefore(date, count) {
  const noon = new Date(`${date}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() - count);
  return noon.toISOString().slice(0, 10);
}
