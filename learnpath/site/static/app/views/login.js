/** The login and registration forms. */

import { logIn, register } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../components.js";

const input = (name, type, autocomplete) =>
  h("input", { name, type, autocomplete, required: true });

/** `enter` is called after the login. */
export function logInView(enter) {
  return async () =>
    card(
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
      h("p", {}, "New here? ", h("a", { href: "#/register" }, "Create an account")),
    );
}

export function registerView(enter) {
  return async () =>
    card(
      "Create an account",
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
          "8 characters or more. A passphrase works well.",
        ),
      ),
      h("p", {}, "Already have an account? ", h("a", { href: "#/login" }, "Log in")),
    );
}

function card(title, ...children) {
  return h("section", { class: "auth-card card" }, h("h1", {}, title), ...children);
}
