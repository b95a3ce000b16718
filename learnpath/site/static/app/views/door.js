/** The way in: logging in and registering. */

import { logIn, register } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../parts.js";

const input = (name, type, autocomplete) =>
  h("input", { name, type, autocomplete, required: true });

/** `enter` is called once somebody is logged in. */
export function logInView(enter) {
  return async () =>
    door(
      "Log in",
      form(
        {
          label: "Log in",
          act: async ({ email, password }) => {
            await logIn(email, password);
            await enter();
          },
        },
        field("Email address", input("email", "email", "username")),
        field("Password", input("password", "password", "current-password")),
      ),
      h("p", {}, "New here? ", h("a", { href: "#/register" }, "Make an account")),
    );
}

export function registerView(enter) {
  return async () =>
    door(
      "Make an account",
      form(
        {
          label: "Register",
          act: async (person) => {
            await register(person);
            await logIn(person.email, person.password);
            await enter();
          },
        },
        field("Name", input("name", "text", "name")),
        field("Email address", input("email", "email", "username")),
        field(
          "Password",
          input("password", "password", "new-password"),
          "8 characters or more; a sentence is good.",
        ),
      ),
      h("p", {}, "You have one already? ", h("a", { href: "#/login" }, "Log in")),
    );
}

function door(title, ...children) {
  return h("section", { class: "door card" }, h("h1", {}, title), ...children);
}
