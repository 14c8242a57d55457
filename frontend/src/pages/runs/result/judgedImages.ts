/** The order and the filter of the validation pictures of a detection run. Pure. */

import { count } from "../../../ui/figures";
import { type BoxMatch, type FoundBox, matchBoxes, type TrueBox } from "./boxMatch";

export interface Prediction {
  readonly image: string;
  readonly truth: readonly TrueBox[];
  readonly detections: readonly FoundBox[];
}

export interface Judged {
  readonly prediction: Prediction;
  readonly match: BoxMatch;
}

export type Show = "all" | "missed" | "wrong";

export function judge(predictions: readonly Prediction[], scoreFrom: number): Judged[] {
  return predictions.map((prediction) => ({
    prediction,
    match: matchBoxes(prediction.truth, prediction.detections, scoreFrom),
  }));
}

/** Image names, the most mistakes first. For one fixed score: pictures keep their place while the slider moves. */
export function mistakesFirst(judged: readonly Judged[]): string[] {
  const mistakes = (one: Judged) => one.match.missed.length + one.match.wrong.length;
  return [...judged].sort((a, b) => mistakes(b) - mistakes(a)).map((one) => one.prediction.image);
}

export function inOrder(judged: readonly Judged[], order: readonly string[]): Judged[] {
  const place = new Map(order.map((image, index) => [image, index]));
  return [...judged].sort(
    (a, b) => (place.get(a.prediction.image) ?? 0) - (place.get(b.prediction.image) ?? 0),
  );
}

/** Pictures with that kind of mistake, about that label when one is given. */
export function shown(judged: readonly Judged[], show: Show, label: string): Judged[] {
  return judged.filter(({ prediction, match }) => {
    const about = { all: [...prediction.truth, ...match.wrong], missed: match.missed, wrong: match.wrong }[
      show
    ];
    if (show === "all" && label === "") return true;
    return about.some((box) => label === "" || box.label === label);
  });
}

/** "2 found, 1 missed, 1 wrong"; "nothing here, nothing found" for a clean negative. */
export function caption({ prediction, match }: Judged): string {
  const parts = [
    match.found > 0 ? `${match.found} found` : "",
    match.missed.length > 0 ? `${match.missed.length} missed` : "",
    match.wrong.length > 0 ? `${match.wrong.length} wrong` : "",
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(", ");
  return prediction.truth.length === 0 ? "nothing here, nothing found" : "";
}

/** "200 of 500 images" where the evaluation keeps the answers to a part of its images only, else nothing. */
export function sampleText(predictions: readonly unknown[], imageCount: number): string {
  return predictions.length < imageCount ? `${count(predictions.length)} of ${count(imageCount)} images` : "";
}

/** The button under a page of pictures. */
export function moreText(rest: number, page: number): string {
  return rest > page ? `Show ${page} more of ${rest}` : `Show the other ${rest}`;
}
