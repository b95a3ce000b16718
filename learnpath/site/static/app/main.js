/** The console: the current user, the routes and the navigation. */

import { get, isLoggedIn, logOut, session } from "./api.js";
import { h, show } from "./dom.js";
import { problemNotice } from "./components.js";
import { go, start } from "./router.js";
import { catalogueView } from "./views/catalogue.js";
import { logInView, registerView } from "./views/login.js";
import { funnelView } from "./views/funnel.js";
import { homeView } from "./views/home.js";
import { enrollView, learnersView } from "./views/learners.js";
import { moduleView } from "./views/module.js";
import { pathView } from "./views/path.js";
import { usersView } from "./views/users.js";
import { profileView } from "./views/profile.js";
import { instructorView } from "./views/instructor.js";
import { transcriptView } from "./views/transcript.js";

const PUBLIC_ROUTES = ["/login", "/register"];

let user = null;
const me = () => user;

const routes = {
  "/login": logInView(enter),
  "/register": registerView(enter),
  "/": homeView(me),
  "/catalogue": catalogueView,
  "/paths/:path": pathView,
  "/paths/:path/:module": moduleView,
  "/transcript": transcriptView(me),
  "/profile": profileView(me, loadUser),
  "/teach": instructorView(me),
  "/teach/:path": funnelView,
  "/teach/:path/learners": learnersView,
  "/teach/:path/enroll": enrollView,
  "/people": usersView,
};

/** Load the current user and draw the navigation. */
async function loadUser() {
  user = await get("/users/me");
  drawNavigation();
}

async function enter() {
  await loadUser();
  go("#/");
}

/** Redirect to the login without a user, and away from it with one. */
function guard(address) {
  if (!user && !PUBLIC_ROUTES.includes(address)) return "#/login";
  return user && PUBLIC_ROUTES.includes(address) ? "#/" : null;
}

function drawNavigation() {
  const address = location.hash.slice(1) || "/";
  const link = (label, target) => {
    const isHere = target === "/" ? address === "/" : address.startsWith(target);
    return h("li", {}, h("a", { href: `#${target}`, "aria-current": isHere && "page" }, label));
  };
  const isStaff = user && user.role !== "learner";
  show(
    document.getElementById("places"),
    user && [
      link("Learn", "/"),
      link("Catalogue", "/catalogue"),
      link("Transcript", "/transcript"),
      isStaff && link("Teach", "/teach"),
      user.role === "admin" && link("People", "/people"),
    ],
  );
  show(
    document.getElementById("self"),
    user && [
      h("a", { href: "#/profile", "aria-current": address === "/profile" && "page" }, user.name),
      h(
        "button",
        { type: "button", class: "link", onclick: () => logOut().catch(() => {}) },
        "Log out",
      ),
    ],
  );
}

session.addEventListener("end", () => {
  user = null;
  drawNavigation();
  go("#/login");
});
window.addEventListener("hashchange", drawNavigation);

const view = document.getElementById("view");
try {
  if (isLoggedIn()) await loadUser();
} catch (problem) {
  show(view, problemNotice(problem));
}
drawNavigation();
if (user || !isLoggedIn()) start(view, routes, guard); // else the notice shows the problem
