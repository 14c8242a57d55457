/** Where the crosshair goes by keys: to the next of `places`, or to the first or last. Null for another key. Pure. */
export function neighbour(places: readonly number[], at: number | null, key: string): number | null {
  const index = at === null ? places.length : places.indexOf(at);
  const wanted: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    Home: 0,
    End: places.length - 1,
  };
  const target = wanted[key];
  if (target === undefined || places.length === 0) return null;
  return places[Math.max(0, Math.min(places.length - 1, target))] ?? null;
}
