/** My account: name, time zone, password, devices, and what can be done with all of it. */

import { forget, get, logOut, page, put, remove } from "../api.js";
import { h, show } from "../dom.js";
import { ago } from "../format.js";
import { confirm, field, form, more, notice, problemNotice, save } from "../parts.js";

/** `reload` reads who I am again, for the name in the corner. */
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
  const act = async (changes, told) => {
    await put("/users/me", changes);
    await reload();
    show(told, notice("Saved."));
  };
  return card(
    "About me",
    form(
      { label: "Save", act },
      field("Name", h("input", { name: "name", autocomplete: "name", value: me.name })),
      field("Time zone", zone, "Your days and streaks are counted in it."),
    ),
  );
}

function password() {
  const act = async (changes, told) => {
    await put("/users/me", changes);
    show(told, notice("Changed. Your other devices have been logged out."));
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
    const found = await page("/auth/sessions", { cursor, page_size: 10 });
    list.append(...found.items.map(device));
    return found.next;
  });
  await pager.next();
  const everywhere = () => logOut({ everywhere: true });
  return card(
    "Devices",
    list,
    pager.place,
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
    h("span", { class: "clip" }, session.label || "A device without a name"),
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
  const told = h("div");
  const take = async () => {
    const kept = JSON.stringify(await get("/users/me/export"), null, 2);
    save(new Blob([kept], { type: "application/json" }), "learnpath-export.json");
  };
  const leave = async () => {
    const detail =
      "Your account and everything that you have done here is erased, at once and for good.";
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
        onclick: () => act().catch((problem) => show(told, problemNotice(problem))),
      },
      label,
    );
  return card(
    "My data",
    h("p", {}, "Everything that is kept about you, as one file."),
    h("p", { class: "actions" }, button("Export my data", take)),
    h("p", { class: "actions" }, button("Delete my account", leave, "danger")),
    told,
  );
}
