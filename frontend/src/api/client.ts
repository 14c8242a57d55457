import { ApiError, OfflineError, readProblem } from "./errors";

const ROOT = "/api/v1/";
const RETRY_STATUS = new Set([429, 502, 503, 504]);
const BACKOFF_MS = [300, 1200, 4000];

export interface RequestOptions {
  signal?: AbortSignal;
  /** How often to try again when the network or a gateway fails. GET: 3, others: 0; raise it for idempotent saves. */
  retries?: number;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** The page is going away: let the browser finish the request. */
  keepalive?: boolean;
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
type SignedOut = () => void;

let signedOut: SignedOut = () => {};

/** Called once whenever the API answers 401: the session ended. */
export function onSignedOut(callback: SignedOut): void {
  signedOut = callback;
}

let person: number | null = null;

/** Whose page this is, or nobody's. Another tab of the browser may sign in somebody else meanwhile. */
export function setSender(id: number | null): void {
  person = id;
}

/** Of every request that changes something: the server refuses what would go out under another's name. */
export function senderHeaders(): Record<string, string> {
  const headers: Record<string, string> = { "X-CSRFToken": csrfToken() };
  if (person !== null) headers["X-Boxwright-Person"] = String(person);
  return headers;
}

export function csrfToken(cookies: string = document.cookie): string {
  return /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]*)/.exec(cookies)?.[1] ?? "";
}

/**
 * `projects/3/images/` becomes `/api/v1/projects/3/images/`. The absolute `next` of a page becomes a path on this
 * origin: behind a proxy the server may not know the scheme and host that the browser sees.
 */
export function apiUrl(path: string, query?: RequestOptions["query"]): string {
  const rooted = path.replace(/^https?:\/\/[^/]+/, "");
  const url = rooted.startsWith("/") ? rooted : ROOT + rooted;
  const pairs = Object.entries(query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  if (pairs.length === 0) return url;
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]));
  return `${url}${url.includes("?") ? "&" : "?"}${search}`;
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function requestInit(method: Method, body: unknown, options: RequestOptions): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, senderHeaders());
  if (body !== undefined && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
  return {
    method,
    headers,
    body: encoded(body),
    credentials: "same-origin",
    signal: options.signal ?? null,
    keepalive: options.keepalive ?? false,
  };
}

function encoded(body: unknown): string | FormData | null {
  if (body === undefined) return null;
  return body instanceof FormData ? body : JSON.stringify(body);
}

async function attempt(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new OfflineError();
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) {
    const error = new ApiError(await readProblem(response));
    if (response.status === 401) signedOut();
    throw error;
  }
  if (response.status === 204) return null as T;
  return (await response.json()) as T;
}

function worthRetrying(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof ApiError && RETRY_STATUS.has(error.status));
}

/** The token's cookie is gone, or not the session's any more. */
function lacksToken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403 && error.problem.detail.startsWith("CSRF Failed");
}

/** Asking who is here sets the cookie anew. */
async function fetchToken(): Promise<void> {
  await attempt(apiUrl("auth/session/"), requestInit("GET", undefined, {}));
}

/** One request with the retry policy. Throws ApiError (the server's problem) or OfflineError (no answer). */
async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<T> {
  const url = apiUrl(path, options.query);
  const retries = options.retries ?? (method === "GET" ? BACKOFF_MS.length : 0);
  let hasFreshToken = false;
  for (let tries = 0; ; tries += 1) {
    try {
      return await answer<T>(await attempt(url, requestInit(method, body, options)));
    } catch (error) {
      if (lacksToken(error) && !hasFreshToken) {
        hasFreshToken = true;
        await fetchToken();
        continue;
      }
      if (tries >= retries || !worthRetrying(error)) throw error;
      await sleep(BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)] as number, options.signal);
    }
  }
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) =>
    request<T>("POST", path, body ?? {}, options),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>("PATCH", path, body, options),
  delete: <T = null>(path: string, options?: RequestOptions) =>
    request<T>("DELETE", path, undefined, options),
};
