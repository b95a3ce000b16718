// A learner in JavaScript: register, log in, complete a path.
//
//     node examples/learner.mjs http://127.0.0.1:8000
//
// It needs only fetch, so the class Service works in a browser as well. (CORS_ORIGINS allows pages of
// other origins.) Keep the tokens in memory: a script that reads them is logged in.

const ADDRESS = process.argv[2] ?? "http://127.0.0.1:8000";
const PATH = "backend-with-flask";
const REFRESH = "/auth/refresh";
const ATTEMPTS = 10;

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/** The service refused a request; `problem` says why (RFC 9457). */
class Refused extends Error {
  constructor(problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** Sends requests, refreshes the login, and waits when the service is busy. */
class Service {
  #accessToken = null;
  #refreshToken = null;
  #refreshing = null;

  constructor(address) {
    this.base = `${address}/api/v1`;
  }

  async logIn(email, password) {
    this.#keep(await this.post("/users/login", { email, password }));
  }

  get(url) {
    return this.#ask("GET", url);
  }

  post(url, body) {
    return this.#ask("POST", url, body);
  }

  async #ask(method, url, body) {
    let answer;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      answer = await fetch(this.base + url, {
        method,
        headers: {
          ...(body && { "Content-Type": "application/json" }),
          ...(this.#accessToken && { Authorization: `Bearer ${this.#accessToken}` }),
        },
        body: body && JSON.stringify(body),
      });
      if (answer.status === 429 || answer.status === 503) {
        // Too many requests, or the service is busy.
        await seconds(Number(answer.headers.get("Retry-After") ?? 1));
      } else if (answer.status === 401 && url !== REFRESH && this.#refreshToken) {
        // The access token has expired. Concurrent requests share one refresh.
        this.#refreshing ??= this.#refresh();
        await this.#refreshing;
      } else {
        break;
      }
    }
    const text = await answer.text(); // empty for 204
    if (!answer.ok) throw new Refused(JSON.parse(text));
    return text && JSON.parse(text);
  }

  /** Exchange the refresh token for new tokens. Each is valid once, so store the new one. */
  async #refresh() {
    try {
      this.#keep(await this.post(REFRESH, { refresh_token: this.#refreshToken }));
    } finally {
      this.#refreshing = null; // a 401 for this request means: log in again
    }
  }

  #keep(tokens) {
    this.#accessToken = tokens.access_token;
    this.#refreshToken = tokens.refresh_token;
  }
}

const service = new Service(ADDRESS);
const email = `ada-${Date.now()}@example.org`;
const password = "correct horse battery";

await service.post("/users/register", { name: "Ada Lovelace", email, password });
await service.logIn(email, password);
await service.post(`/paths/${PATH}/enrollments`, {});

// The service returns the next module: one that is not locked, required ones first.
let progress = await service.get(`/users/me/paths/${PATH}`);
while (progress.next) {
  const { module } = progress.next;
  const outcome = await service.post("/users/me/progress", { module_id: module, completed: true });
  console.log(`${module}: done, and it unlocked ${outcome.unlocked.join(", ") || "nothing"}`);
  progress = await service.get(`/users/me/paths/${PATH}`);
}
console.log(`${PATH}: ${progress.status}, ${progress.percent} %`);
