/** The profile: name, time zone, password, devices, export and deletion of the account. */

import { forget, get, logOut, page, put, remove } from "../api.js";
import { h, show } from "../dom.js";
import { ago } from "../format.js";
import { confirm, field, form, more, notice, problemNotice, save } from "../components.js";

/** `reload` loads the user again, for the name in the navigation. */
export function profileView(me, reload) {
  return async () =>
    h(
      "section",
      { class: "profile" },
      h("h1", {}, "Profile"),
      h("p", { class: "quiet" }, `${me().email} · ${me().role}`),
      h(
        "div",
        { class: "columns even" },
        aboutMe(me(), reload),
        password(),
        await devices(),
        account(),
      ),
    );
}

function card(title, ...children) {
  return h("section", { class: "card" }, h("h2", {}, title), ...children);
}

function aboutMe(me, reload) {
  const zones = Intl.supportedValuesOf("timeZone");
  if (!zones.includes(me.timezone)) zones.unshift(me.timezone);
  const zone = h(
    "select",
    { name: "timezone" },
    zones.map((name) => h("option", { value: name }, name)),
  );
  zone.value = me.timezone;
  const act = async (changes, message) => {
    await put("/users/me", changes);
    await reload();
    show(message, notice("Saved."));
  };
  return card(
    "About me",
    form(
      { label: "Save", act },
      field("Name", h("input", { name: "name", autocomplete: "name", value: me.name })),
      field("Time zone", zone, "Your days and streaks are counted in this time zone."),
    ),
  );
}

function password() {
  const act = async (changes, message) => {
    await put("/users/me", changes);
    show(message, notice("Changed. Your other devices have been logged out."));
  };
  const input = (name, autocomplete) => h("input", { name, type: "password", autocomplete });
  return card(
    "Password",
    form(
      { label: "Change the password", act },
      field("Current password", input("current_password", "current-password")),
      field("New password", input("password", "new-password"), "8 characters or more."),
    ),
  );
}

async function devices() {
  const list = h("ul", { class: "sessions" });
  const pager = more(async (cursor) => {
    const result = await page("/auth/sessions", { cursor, page_size: 10 });
    list.append(...result.items.map(device));
    return result.next;
  });
  await pager.next();
  const everywhere = () => logOut({ everywhere: true });
  return card(
    "Devices",
    list,
    pager.node,
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: everywhere }, "Log out everywhere"),
    ),
  );
}

function device(session) {
  const end = async () => {
    await remove(`/auth/sessions/${session.id}`);
    item.remove();
  };
  const button = h(
    "button",
    { type: "button", class: "link", onclick: end, "aria-label": `Log out ${session.label}` },
    "Log out",
  );
  const item = h(
    "li",
    {},
    h("span", { class: "clip" }, session.label || "Unknown device"),
    h(
      "span",
      { class: "quiet" },
      session.current ? "This one" : `seen ${ago(session.last_refreshed_at)}`,
    ),
    !session.current && button,
  );
  return item;
}

function account() {
  const message = h("div");
  const take = async () => {
    const data = JSON.stringify(await get("/users/me/export"), null, 2);
    save(new Blob([data], { type: "application/json" }), "learnpath-export.json");
  };
  const leave = async () => {
    const detail =
      "Your account and all your data are deleted at once. This cannot be undone.";
    if (!(await confirm("Delete your account?", { yes: "Delete it all", detail }))) return;
    await remove("/users/me");
    forget();
  };
  const button = (label, act, kind) =>
    h(
      "button",
      {
        type: "button",
        class: kind,
        onclick: () => act().catch((problem) => show(message, problemNotice(problem))),
      },
      label,
    );
  return card(
    "My data",
    h("p", {}, "All data that the service stores about you, as one file."),
    h("p", { class: "actions" }, button("Export my data", take)),
    h("p", { class: "actions" }, button("Delete my account", leave, "danger")),
    message,
  );
}
