import type { DetailedError, HttpRequest, Upload, UploadOptions } from "tus-js-client";
import { apiUrl, senderHeaders } from "./client";
import { ApiError, OfflineError } from "./errors";
import type { Problem } from "./types";

const KIB = 1024;
const LEAST_PART = 256 * KIB;
/** The server's limit UPLOAD_PART_BYTES. */
const LARGEST_PART = 8 * KIB * KIB;
/** Fewer than the server's limit UPLOAD_PARTS, with room for parts that were smaller on a bad line. */
const MANY_PARTS = 10_000;
const QUICK_MS = 2000;
const RETRY_MS = 3000;
/** Statuses after which the same request may succeed: a part that came twice or damaged, a server that is away. */
const PASSING = new Set([0, 408, 409, 423, 425, 429, 460, 500, 502, 503, 504]);

/** An archive to send. The same name, size and stamp mean the same bytes: sending goes on where it was. */
export interface Archive {
  name: string;
  blob: Blob;
  /** When it was last changed. */
  stamp: number;
}

export interface SendingState {
  sent: number;
  /** The line is down or the server away; it goes on by itself. */
  waiting: boolean;
}

/** The size of the next part: twice as large where the last one was quick, half as large where the line broke (null). */
export function nextPart(size: number, total: number, milliseconds: number | null): number {
  const least = Math.max(LEAST_PART, Math.ceil(total / MANY_PARTS));
  return Math.round(Math.min(LARGEST_PART, Math.max(least, size * growth(milliseconds))));
}

function growth(milliseconds: number | null): number {
  if (milliseconds === null) return 0.5;
  return milliseconds < QUICK_MS ? 2 : 1;
}

/** Send it in parts, however often the line breaks; the upload's id. Throws ApiError; aborting deletes what was sent. */
export async function sendArchive(
  project: number,
  archive: Archive,
  told: (state: SendingState) => void,
  signal: AbortSignal,
): Promise<number> {
  const tus = await import("tus-js-client");
  const endpoint = apiUrl(`projects/${project}/imports/uploads/`);
  const total = archive.blob.size;
  return new Promise((resolve, reject) => {
    let began = performance.now();
    let sent = 0;
    const upload = new tus.Upload(archive.blob as File, {
      endpoint,
      chunkSize: nextPart(KIB * KIB, total, QUICK_MS),
      retryDelays: null,
      metadata: { filename: archive.name },
      fingerprint: async () => [endpoint, archive.name, total, archive.stamp].join("|"),
      removeFingerprintOnSuccess: true,
      onBeforeRequest: signed,
      onProgress: (bytes) => {
        sent = bytes;
        told({ sent, waiting: false });
      },
      onChunkComplete: () => {
        const now = performance.now();
        upload.options.chunkSize = nextPart(upload.options.chunkSize ?? 0, total, now - began);
        began = now;
      },
      onSuccess: () => resolve(idOf(upload)),
      onError: (error) => {
        if (signal.aborted) return;
        const fault = faultOf(error);
        if (!passes(fault, upload)) return reject(fault);
        upload.options.chunkSize = nextPart(upload.options.chunkSize ?? 0, total, null);
        told({ sent, waiting: true });
        void connected(signal).then(() => {
          began = performance.now();
          if (!signal.aborted) upload.start();
        });
      },
    } satisfies UploadOptions);
    signal.addEventListener("abort", () => {
      void upload.abort(true).catch(() => {}); // it expires by itself
      reject(signal.reason);
    });
    void resumed(upload).then(() => !signal.aborted && upload.start());
  });
}

function signed(request: HttpRequest): void {
  for (const [name, value] of Object.entries(senderHeaders())) request.setHeader(name, value);
}

async function resumed(upload: Upload): Promise<void> {
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
}

function idOf(upload: Upload): number {
  return Number(/(\d+)\/?$/.exec(upload.url ?? "")?.[1]);
}

function faultOf(error: Error | DetailedError): ApiError | OfflineError {
  const response = "originalResponse" in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (!response || status === 0) return new OfflineError();
  const fallback: Problem = {
    type: "about:blank",
    title: "Error",
    status,
    detail: `The server answered ${status}.`,
  };
  try {
    return new ApiError({ ...fallback, ...(JSON.parse(response.getBody()) as Partial<Problem>), status });
  } catch {
    return new ApiError(fallback);
  }
}

/** A refusal to begin is final: it names a quota or a limit. */
function passes(fault: ApiError | OfflineError, upload: Upload): boolean {
  if (fault instanceof OfflineError) return true;
  const isRefusal = upload.url === null && (fault.status === 409 || fault.status === 429);
  return PASSING.has(fault.status) && !isRefusal;
}

/** When the browser says so, or after a while: it does not know of a server that restarts. */
function connected(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, RETRY_MS);
    addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}
