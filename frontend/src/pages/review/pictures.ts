/** Pictures to cut from: a few are fetched at once, those that went out of view not at all, and few are kept. */

const AT_ONCE = 6;
/** Decoded previews take megabytes each; the browser keeps the files. */
const KEPT = 8;

type Done = (picture: HTMLImageElement) => void;

const kept = new Map<string, HTMLImageElement>();
const waiting = new Map<string, Set<Done>>();
const underWay = new Set<string>();

/** `done` is called unless the answer's function was called first, or the picture can't be had. */
export function wantPicture(url: string, done: Done): () => void {
  const here = kept.get(url);
  if (here) {
    done(here);
    return () => {};
  }
  const all = waiting.get(url) ?? new Set();
  waiting.set(url, all.add(done));
  fetchMore();
  return () => {
    all.delete(done);
    if (all.size === 0 && !underWay.has(url)) waiting.delete(url);
  };
}

function fetchMore(): void {
  for (const url of waiting.keys()) {
    if (underWay.size >= AT_ONCE) return;
    if (!underWay.has(url)) void fetchOne(url);
  }
}

async function fetchOne(url: string): Promise<void> {
  underWay.add(url);
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    keep(url, picture);
    for (const done of waiting.get(url) ?? []) done(picture);
  } catch {
    // its crops stay grey; the next visit asks again
  } finally {
    waiting.delete(url);
    underWay.delete(url);
    fetchMore();
  }
}

function keep(url: string, picture: HTMLImageElement): void {
  kept.set(url, picture);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}
