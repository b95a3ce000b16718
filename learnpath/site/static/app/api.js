/**
 * A browser client of the HTTP API. You may copy this file into a client of your own.
 *
 * - The access token is held in memory only; the refresh token is stored in sessionStorage, so that
 *   a reload keeps you logged in and closing the tab does not (docs/decisions/0027).
 * - A refresh token is valid once. If several requests find the access token expired, they
 *   share one refresh and wait for it.
 * - A request that is answered with 401 is retried once with the new token.
 * - Idempotent requests that are answered with 503 and Retry-After are retried. A 429 becomes a
 *   Problem like any other error, which tells the user when to try again.
 */

const API = "/api/v1";
const STORAGE_KEY = "learnpath.refresh-token";
const IDEMPOTENT = ["GET", "PUT", "DELETE"];
const MAX_ATTEMPTS = 3;
const MAX_RETRY_AFTER = 5; // seconds; for a longer wait the request fails

let accessToken = null;
let refreshing = null; // the pending refresh, shared by all requests that need it

/** Dispatches `end` when the session is over. */
export const session = new EventTarget();

/** An error response as problem details (RFC 9457); status 0 means that there was none. */
export class Problem extends Error {
  constructor(status, body, retryAfter = null) {
    super(body.detail ?? `The service answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.type = body.type ?? "about:blank";
    this.errors = body.errors ?? {}; // field → messages
    this.retryAfter = retryAfter; // seconds, or null
    this.body = body;
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
export async function fetchAll(path, query = {}) {
  const items = [];
  let cursor;
  do {
    const result = await page(path, { page_size: 100, ...query, cursor });
    items.push(...result.items);
    cursor = result.next;
  } while (cursor);
  return items;
}

/** Return a response as a Blob. */
export async function file(path, accept) {
  const answer = await send("GET", path, { accept });
  return answer.blob();
}

export function isLoggedIn() {
  return sessionStorage.getItem(STORAGE_KEY) !== null;
}

export async function register(person) {
  return read(await throwProblem(await attempt("POST", "/users/register", { body: person })));
}

export async function logIn(email, password) {
  const body = { email, password };
  const answer = await throwProblem(await attempt("POST", "/users/login", { body }));
  keep(await answer.json());
}

/** Log out here, or on every device. The tokens are deleted even if the request fails. */
export async function logOut({ everywhere = false } = {}) {
  try {
    await post(everywhere ? "/auth/logout-all" : "/auth/logout");
  } finally {
    forget();
  }
}

/** Delete the tokens of this tab. */
export function forget() {
  accessToken = null;
  sessionStorage.removeItem(STORAGE_KEY);
  session.dispatchEvent(new Event("end"));
}

async function ask(method, path, options) {
  return read(await send(method, path, options));
}

/** Send a request with the access token; return the response, or throw its Problem. */
async function send(method, path, options = {}) {
  if (accessToken === null && isLoggedIn()) await refresh();
  const sentWith = accessToken;
  let answer = await attempt(method, path, options);
  if (answer.status === 401 && isLoggedIn()) {
    if (accessToken === sentWith) await refresh(); // else another request has just refreshed it
    answer = await attempt(method, path, options);
  }
  return throwProblem(answer);
}

/** Refresh the access token; concurrent callers share one request. */
function refresh() {
  refreshing ??= requestNewTokens().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function requestNewTokens() {
  const body = { refresh_token: sessionStorage.getItem(STORAGE_KEY) };
  // Safe to retry: a token that has just been used gets the same successor again.
  const answer = await attempt("POST", "/auth/refresh", { body, mayRetry: true });
  if (answer.status === 401) forget();
  keep(await (await throwProblem(answer)).json());
}

function keep(tokens) {
  accessToken = tokens.access_token;
  sessionStorage.setItem(STORAGE_KEY, tokens.refresh_token);
}

/** Fetch, and retry after a 503 with Retry-After if that is safe. */
async function attempt(method, path, { query, body, accept, mayRetry } = {}) {
  const canRetry = mayRetry ?? IDEMPOTENT.includes(method);
  for (let attempts = 1; ; attempts += 1) {
    const answer = await fetch(address(path, query), {
      method,
      headers: headers(body, accept),
      body: body && JSON.stringify(body),
      credentials: "omit", // tokens only: no cookie means no CSRF
    }).catch(() => {
      throw new Problem(0, { detail: "The service cannot be reached. Try again in a moment." });
    });
    const wait = secondsToWait(answer);
    if (answer.status !== 503 || !canRetry || attempts === MAX_ATTEMPTS || wait > MAX_RETRY_AFTER) return answer;
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
  const params = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return `${API}${path}${params.length ? `?${new URLSearchParams(params)}` : ""}`;
}

/** Retry-After in seconds; it may also be a date. */
function secondsToWait(answer) {
  const header = answer.headers.get("Retry-After");
  if (header === null) return null;
  const seconds = Number(header);
  return Number.isNaN(seconds) ? Math.max(0, (Date.parse(header) - Date.now()) / 1000) : seconds;
}

async function throwProblem(answer) {
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({})); // a proxy may answer without JSON
  throw new Problem(answer.status, body, secondsToWait(answer));
}

function read(answer) {
  return answer.status === 204 ? null : answer.json();
}
