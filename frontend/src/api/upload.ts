import { apiUrl, senderHeaders } from "./client";
import { ApiError, OfflineError } from "./errors";
import type { Problem } from "./types";

function problemOf(request: XMLHttpRequest): Problem {
  const fallback: Problem = {
    type: "about:blank",
    title: request.statusText || "Error",
    status: request.status,
    detail: `The server answered ${request.status}.`,
  };
  try {
    return { ...fallback, ...(JSON.parse(request.responseText) as Partial<Problem>), status: request.status };
  } catch {
    return fallback;
  }
}

/** A multipart POST that tells how many bytes have left: fetch cannot, XMLHttpRequest can. Aborted, it never ends. */
export function postForm<T>(
  path: string,
  form: FormData,
  onSent: (bytes: number, total: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", apiUrl(path));
    for (const [name, value] of Object.entries(senderHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => onSent(event.loaded, event.total);
    request.onerror = () => reject(new OfflineError());
    request.ontimeout = () => reject(new OfflineError());
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(new ApiError(problemOf(request)));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
