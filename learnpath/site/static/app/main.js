/** The console: who is logged in, what they can open, and the frame around every view. */

import { get, isLoggedIn, logOut, session } from "./api.js";
import { h, show } from "./dom.js";
import { problemNotice } from "./parts.js";
import { go, start } from "./router.js";
import { catalogueView } from "./views/catalogue.js";
import { logInView, registerView } from "./views/door.js";
import { funnelView } from "./views/funnel.js";
import { homeView } from "./views/home.js";
import { enrollView, learnersView } from "./views/learners.js";
import { moduleView } from "./views/module.js";
import { pathView } from "./views/path.js";
import { peopleView } from "./views/people.js";
import { profileView } from "./views/profile.js";
import { teachView } from "./views/teach.js";
import { transcriptView } from "./views/transcript.js";

const DOORS = ["/login", "/register"];

let person = null;
const me = () => person;

const routes = {
  "/login": logInView(enter),
  "/register": registerView(enter),
  "/": homeView(me),
  "/catalogue": catalogueView,
  "/paths/:path": pathView,
  "/paths/:path/:module": moduleView,
  "/transcript": transcriptView(me),
  "/profile": profileView(me, recognise),
  "/teach": teachView(me),
  "/teach/:path": funnelView,
  "/teach/:path/learners": learnersView,
  "/teach/:path/enroll": enrollView,
  "/people": peopleView,
};

/** Read who is logged in, and show what is theirs. */
async function recognise() {
  person = await get("/users/me");
  drawNavigation();
}

async function enter() {
  await recognise();
  go("#/");
}

/** Send strangers to the door, and those inside away from it. */
function guard(address) {
  if (!person && !DOORS.includes(address)) return "#/login";
  return person && DOORS.includes(address) ? "#/" : null;
}

function drawNavigation() {
  const address = location.hash.slice(1) || "/";
  const link = (label, target) => {
    const isHere = target === "/" ? address === "/" : address.startsWith(target);
    return h("li", {}, h("a", { href: `#${target}`, "aria-current": isHere && "page" }, label));
  };
  const isStaff = person && person.role !== "learner";
  show(
    document.getElementById("places"),
    person && [
      link("Learn", "/"),
      link("Catalogue", "/catalogue"),
      link("Transcript", "/transcript"),
      isStaff && link("Teach", "/teach"),
      person.role === "admin" && link("People", "/people"),
    ],
  );
  show(
    document.getElementById("self"),
    person && [
      h("a", { href: "#/profile", "aria-current": address === "/profile" && "page" }, person.name),
      h(
        "button",
        { type: "button", class: "link", onclick: () => logOut().catch(() => {}) },
        "Log out",
      ),
    ],
  );
}

session.addEventListener("end", () => {
  person = null;
  drawNavigation();
  go("#/login");
});
window.addEventListener("hashchange", drawNavigation);

const view = document.getElementById("view");
try {
  if (isLoggedIn()) await recognise();
} catch (problem) {
  show(view, problemNotice(problem));
}
drawNavigation();
if (person || !isLoggedIn()) start(view, routes, guard); // else the notice tells why not
