// A learner's journey in JavaScript: register, log in, follow a path to its end.
//
//     node examples/learner.mjs http://127.0.0.1:8000
//
// It needs nothing but fetch, so the class Service works in a browser too. (A page of another
// origin is let in by CORS_ORIGINS.) Keep the tokens in memory; who can read them is logged in.

const ADDRESS = process.argv[2] ?? "http://127.0.0.1:8000";
const PATH = "backend-with-flask";
const REFRESH = "/auth/refresh";
const ATTEMPTS = 10;

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/** The service said no; `problem` says why (RFC 9457), and its `type` is a page about it. */
class Refused extends Error {
  constructor(problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** Asks the service, stays logged in, and waits when it is told to. */
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
        // Asked too often, or it is too busy: it says how long to wait.
        await seconds(Number(answer.headers.get("Retry-After") ?? 1));
      } else if (answer.status === 401 && url !== REFRESH && this.#refreshToken) {
        // The access token has expired. Requests that notice at the same time share one refresh.
        this.#refreshing ??= this.#refresh();
        await this.#refreshing;
      } else {
        break;
      }
    }
    const text = await answer.text(); // a 204 has none
    if (!answer.ok) throw new Refused(JSON.parse(text));
    return text && JSON.parse(text);
  }

  /** Spend the refresh token for a new pair. Each is good once, so keep the new one. */
  async #refresh() {
    try {
      this.#keep(await this.post(REFRESH, { refresh_token: this.#refreshToken }));
    } finally {
      this.#refreshing = null; // a 401 to that request means: log in again
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

// The service knows what comes next: which modules are locked, and which are optional.
let standing = await service.get(`/users/me/paths/${PATH}`);
while (standing.next) {
  const { module } = standing.next;
  const outcome = await service.post("/users/me/progress", { module_id: module, completed: true });
  console.log(`${module}: done, and it unlocked ${outcome.unlocked.join(", ") || "nothing"}`);
  standing = await service.get(`/users/me/paths/${PATH}`);
}
console.log(`${PATH}: ${standing.status}, ${standing.percent} %`);
