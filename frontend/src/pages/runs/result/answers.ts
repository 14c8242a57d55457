/** A classifier's answers on the validation images: who was wrong, how sure, confused with what. Pure. */

export interface ScoredImage {
  readonly image: string;
  readonly truth: string;
  readonly scores: Readonly<Record<string, number>>;
}

export interface Answer {
  readonly image: string;
  readonly truth: string;
  readonly said: string;
  readonly score: number;
  readonly right: boolean;
}

/** The label with the highest score. */
export function answerOf(scored: ScoredImage): Answer {
  let said = "";
  let score = Number.NEGATIVE_INFINITY;
  for (const [label, value] of Object.entries(scored.scores)) {
    if (value > score) {
      said = label;
      score = value;
    }
  }
  return { image: scored.image, truth: scored.truth, said, score, right: said === scored.truth };
}

/** Wrong ones first, the surest mistake on top; then the right ones, the least sure on top. */
export function wrongFirst(scored: readonly ScoredImage[]): Answer[] {
  return scored.map(answerOf).sort((a, b) => {
    if (a.right !== b.right) return a.right ? 1 : -1;
    return a.right ? a.score - b.score : b.score - a.score;
  });
}

/** Share of each row's total, 0..1: what a cell's colour shows, so that rare labels are seen too. */
export function rowShares(confusion: readonly (readonly number[])[]): number[][] {
  return confusion.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });
}
