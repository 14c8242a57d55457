import type { Problem } from "./types";

/** The server answered with a problem (RFC 9457). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** What to say beside one field, if the problem names it. */
  field(name: string): string | undefined {
    const named = this.problem.errors?.find((error) => error.field === name);
    return named && inWords(this.problem.detail, named.detail);
  }
}

export function notFound(detail: string): ApiError {
  return new ApiError({ type: "about:blank", title: "Not found", status: 404, detail });
}

/** `detail` with a field's remark: a sentence replaces it, several words are added to it, one word adds nothing. */
function inWords(detail: string, remark: string): string {
  if (/^[A-Z].*[.]$/.test(remark)) return remark;
  if (!detail || !remark.includes(" ")) return detail || remark;
  return `${detail.replace(/[.]$/, "")}: ${remark}`;
}

/** Nothing answered: no network, or the server is away. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";

  constructor() {
    super("The server does not answer. Check the connection.");
  }
}

export async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: response.statusText || "Error",
    status: response.status,
    detail: `The server answered ${response.status}.`,
  };
  if (!response.headers.get("content-type")?.includes("json")) return fallback;
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>), status: response.status };
  } catch {
    return fallback;
  }
}

/** One sentence for people, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) {
    const [first] = error.problem.errors ?? [];
    return first ? inWords(error.problem.detail, first.detail) : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
