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

  /** The first sentence about one field, if the problem names it. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === name)?.detail;
  }
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
  if (error instanceof ApiError) return error.problem.errors?.[0]?.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
