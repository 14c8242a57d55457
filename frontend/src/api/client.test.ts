import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, apiUrl, csrfToken, onSignedOut, setSender } from "./client";
import { ApiError, OfflineError, sentence } from "./errors";

type Step = Response | Error;

function answers(...steps: Step[]) {
  const mock = vi.fn(async (_url: string, _init: RequestInit) => {
    const step = steps.shift()!;
    if (step instanceof Error) throw step;
    return step;
  });
  vi.stubGlobal("fetch", mock);
  return mock;
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

function problem(status: number, extra: object = {}): Response {
  const body = { type: "about:blank", title: "No", status, detail: "Not like this.", ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { cookie: "theme=dark; csrftoken=abc" });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function result<T>(promise: Promise<T>): Promise<T | Error> {
  const settled = promise.catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return settled;
}

describe("addresses", () => {
  it("roots paths below the API and leaves rooted ones", () => {
    expect(apiUrl("me/")).toBe("/api/v1/me/");
    expect(apiUrl("/api/v1/me/")).toBe("/api/v1/me/");
  });

  it("keeps pages on this origin, whatever host the server believes it has", () => {
    expect(apiUrl("http://inner:8000/api/v1/projects/?cursor=x")).toBe("/api/v1/projects/?cursor=x");
  });

  it("leaves out what is not asked", () => {
    expect(apiUrl("images/", { queue: undefined, search: "", label: null, limit: 60 })).toBe(
      "/api/v1/images/?limit=60",
    );
    expect(apiUrl("images/?cursor=x", { limit: 2 })).toBe("/api/v1/images/?cursor=x&limit=2");
  });
});

describe("requests", () => {
  it("reads the token from the cookie", () => {
    expect(csrfToken("a=1; csrftoken=xyz; b=2")).toBe("xyz");
    expect(csrfToken("a=1; __Host-csrftoken=xyz")).toBe("xyz");
    expect(csrfToken("mycsrftoken=no")).toBe("");
  });

  it("sends the token with what changes something, and not with a GET", async () => {
    const fetched = answers(json({}), json({}));
    await result(api.get("me/"));
    await result(api.post("teams/", { name: "x" }));
    const headers = fetched.mock.calls.map(([, init]) => init.headers as Record<string, string>);
    expect(headers[0]!["X-CSRFToken"]).toBeUndefined();
    expect(headers[1]!["X-CSRFToken"]).toBe("abc");
  });

  it("gets a lost token anew, once, and sends the same again", async () => {
    const lost = { detail: "CSRF Failed: CSRF cookie not set." };
    const fetched = answers(problem(403, lost), json({}), json({ id: 1 }));
    expect(await result(api.patch("images/1/annotations/", { upsert: [] }))).toEqual({ id: 1 });
    const [first, session, second] = fetched.mock.calls.map(([url, { method, body }]) => ({
      url,
      method,
      body,
    }));
    expect(session).toEqual({ url: "/api/v1/auth/session/", method: "GET", body: null });
    expect(second).toEqual(first);

    answers(problem(403, lost), json({}), problem(403, lost));
    expect(await result(api.post("teams/"))).toBeInstanceOf(ApiError);
    answers(problem(403));
    expect(await result(api.post("teams/"))).toBeInstanceOf(ApiError);
  });

  it("gives null for an empty answer", async () => {
    answers(new Response(null, { status: 204 }));
    expect(await result(api.delete("images/1/"))).toBeNull();
  });
});

describe("trying again", () => {
  it("repeats a GET when the server is away, then answers", async () => {
    const fetched = answers(new TypeError("network"), new Response("", { status: 503 }), json({ id: 1 }));
    expect(await result(api.get("me/"))).toEqual({ id: 1 });
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  it("gives up after four tries with one plain sentence", async () => {
    const fetched = answers(...Array.from({ length: 4 }, () => new TypeError("network")));
    const error = await result(api.get("me/"));
    expect(error).toBeInstanceOf(OfflineError);
    expect(sentence(error)).toMatch(/does not answer/);
    expect(fetched).toHaveBeenCalledTimes(4);
  });

  it("does not repeat a POST unless asked", async () => {
    const fetched = answers(new TypeError("network"));
    expect(await result(api.post("runs/1/cancel/"))).toBeInstanceOf(OfflineError);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("does not repeat a refusal", async () => {
    const fetched = answers(problem(404));
    expect(await result(api.get("projects/9/"))).toBeInstanceOf(ApiError);
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe("problems", () => {
  it("finds what is wrong with a field", async () => {
    answers(problem(400, { errors: [{ field: "email", detail: "Taken." }] }));
    const error = (await result(api.post("auth/setup/"))) as ApiError;
    expect(error.field("email")).toBe("Taken.");
    expect(error.field("name")).toBeUndefined();
    expect(sentence(error)).toBe("Taken.");
  });

  it("puts the remark on a field into the problem's words", async () => {
    const say = async (detail: string, remark: string) => {
      answers(problem(400, { detail, errors: [{ field: "x", detail: remark }] }));
      return sentence(await result(api.post("teams/")));
    };
    expect(await say("A label has this name already.", "taken")).toBe("A label has this name already.");
    expect(await say("The base is wrong.", "run 3 has no checkpoint")).toBe(
      "The base is wrong: run 3 has no checkpoint",
    );
  });

  it("keeps what a conflict carries", async () => {
    answers(problem(409, { current: { revision: 4 } }));
    const error = (await result(api.patch("images/1/annotations/", {}))) as ApiError;
    expect(error.problem.current).toEqual({ revision: 4 });
  });

  it("makes a problem of an answer that is none", async () => {
    answers(new Response("<h1>Bad gateway</h1>", { status: 500 }));
    const error = (await result(api.post("teams/"))) as ApiError;
    expect(error.status).toBe(500);
    expect(sentence(error)).toBe("The server answered 500.");
  });

  it("tells when the session has ended", async () => {
    const ended = vi.fn();
    onSignedOut(ended);
    answers(problem(401));
    await result(api.get("me/"));
    expect(ended).toHaveBeenCalledOnce();
  });

  it("says whose page it is where it changes something", async () => {
    const said = async (send: () => Promise<unknown>): Promise<unknown> => {
      const sent = answers(json({}));
      await send();
      return (sent.mock.lastCall![1].headers as Record<string, string>)["X-Boxwright-Person"];
    };
    setSender(7);
    expect(await said(() => api.patch("me/", {}))).toBe("7");
    expect(await said(() => api.get("me/"))).toBeUndefined();
    setSender(null);
    expect(await said(() => api.post("auth/login/"))).toBeUndefined();
  });
});
