/**
 * The HTTP API as a browser should use it. Copy this file into a client of your own.
 *
 * - The access token lives in memory only; the refresh token lives in sessionStorage, so that
 *   a reload keeps you logged in and closing the tab does not (docs/decisions/0027).
 * - A refresh token is good once. However many requests find the access token expired at the
 *   same time, one refresh is made and all of them wait for it.
 * - A request that is answered 401 is sent once more with the new token, never again.
 * - Where the service asks for patience (503 with Retry-After), whatever may be repeated safely
 *   is repeated. A 429 is for the person to wait out: it becomes a Problem like any refusal.
 */

const API = "/api/v1";
const KEPT = "learnpath.refresh-token";
const REPEATABLE = ["GET", "PUT", "DELETE"];
const TRIES = 3;
const PATIENCE = 5; // seconds; a longer wait is told instead

let accessToken = null;
let refreshing = null; // the refresh under way, shared by whoever needs it

/** Tells `end` when the session is over, whoever ended it. */
export const session = new EventTarget();

/** A refusal of the service, as RFC 9457 tells it; status 0 where there was no answer. */
export class Problem extends Error {
  constructor(status, told, retryAfter = null) {
    super(told.detail ?? `The service answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.type = told.type ?? "about:blank";
    this.errors = told.errors ?? {}; // field → messages
    this.retryAfter = retryAfter; // seconds, or null
    this.told = told;
  }
}

export const get = (path, query) => ask("GET", path, { query });
export const post = (path, body) => ask("POST", path, { body });
export const put = (path, body) => ask("PUT", path, { body });
export const patch = (path, body) => ask("PATCH", path, { body });
export const remove = (path) => ask("DELETE", path);

/** Return one page of a list: its items, and the cursor of the next page or null. */
export async function page(path, query) {
  const answer = await send("GET", path, { query });
  const about = JSON.parse(answer.headers.get("X-Pagination"));
  return { items: await answer.json(), next: about.next_cursor, total: about.total };
}

/** Return every item of a list, page by page. */
export async function everything(path, query = {}) {
  const items = [];
  let cursor;
  do {
    const found = await page(path, { page_size: 100, ...query, cursor });
    items.push(...found.items);
    cursor = found.next;
  } while (cursor);
  return items;
}

/** Return an answer as a Blob, to be saved as a file. */
export async function file(path, accept) {
  const answer = await send("GET", path, { accept });
  return answer.blob();
}

export function isLoggedIn() {
  return sessionStorage.getItem(KEPT) !== null;
}

export async function register(person) {
  return read(await unlessRefused(await attempt("POST", "/users/register", { body: person })));
}

export async function logIn(email, password) {
  const body = { email, password };
  const answer = await unlessRefused(await attempt("POST", "/users/login", { body }));
  keep(await answer.json());
}

/** Log out here, or on every device. The tokens are forgotten even where nobody answers. */
export async function logOut({ everywhere = false } = {}) {
  try {
    await post(everywhere ? "/auth/logout-all" : "/auth/logout");
  } finally {
    forget();
  }
}

/** Throw the tokens of this tab away. */
export function forget() {
  accessToken = null;
  sessionStorage.removeItem(KEPT);
  session.dispatchEvent(new Event("end"));
}

async function ask(method, path, options) {
  return read(await send(method, path, options));
}

/** Send a request as whoever is logged in; return the answer, or throw its Problem. */
async function send(method, path, options = {}) {
  if (accessToken === null && isLoggedIn()) await refresh();
  const sentWith = accessToken;
  let answer = await attempt(method, path, options);
  if (answer.status === 401 && isLoggedIn()) {
    if (accessToken === sentWith) await refresh(); // else another request has just done it
    answer = await attempt(method, path, options);
  }
  return unlessRefused(answer);
}

/** Have a fresh access token; the second to ask waits for the first. */
function refresh() {
  refreshing ??= spendRefreshToken().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function spendRefreshToken() {
  const body = { refresh_token: sessionStorage.getItem(KEPT) };
  // Safe to repeat: a token just spent is answered with the same successor again.
  const answer = await attempt("POST", "/auth/refresh", { body, mayRepeat: true });
  if (answer.status === 401) forget();
  keep(await (await unlessRefused(answer)).json());
}

function keep(tokens) {
  accessToken = tokens.access_token;
  sessionStorage.setItem(KEPT, tokens.refresh_token);
}

/** Fetch, and again after a while where the service says so and a repeat does no harm. */
async function attempt(method, path, { query, body, accept, mayRepeat } = {}) {
  const repeatable = mayRepeat ?? REPEATABLE.includes(method);
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address(path, query), {
      method,
      headers: headers(body, accept),
      body: body && JSON.stringify(body),
      credentials: "omit", // tokens only: no cookie could be misused by another site
    }).catch(() => {
      throw new Problem(0, { detail: "The service cannot be reached. Try again in a moment." });
    });
    const wait = secondsToWait(answer);
    if (answer.status !== 503 || !repeatable || tries === TRIES || wait > PATIENCE) return answer;
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

function headers(body, accept = "application/json") {
  return {
    Accept: accept,
    ...(body && { "Content-Type": "application/json" }),
    ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
  };
}

function address(path, query = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return `${API}${path}${wanted.length ? `?${new URLSearchParams(wanted)}` : ""}`;
}

/** Retry-After in seconds; it may also be a date. */
function secondsToWait(answer) {
  const told = answer.headers.get("Retry-After");
  if (told === null) return null;
  const seconds = Number(told);
  return Number.isNaN(seconds) ? Math.max(0, (Date.parse(told) - Date.now()) / 1000) : seconds;
}

async function unlessRefused(answer) {
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({})); // a proxy may answer without JSON
  throw new Problem(answer.status, told, secondsToWait(answer));
}

function read(answer) {
  return answer.status === 204 ? null : answer.json();
}
