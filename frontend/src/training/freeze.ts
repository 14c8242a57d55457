/** A run's `freeze` as two fields: which kind, and its value. Pure; the grammar is the engine's. */

import type { RunEstimate } from "../api/types";
import { percent } from "../ui/figures";

export type FreezeKind = "none" | "trunk" | "layers" | "blocks" | "match";

interface KindTexts {
  readonly name: string;
  /** Of the value's field; kinds without a value have none. */
  readonly asks?: string;
  readonly example?: string;
}

export const FREEZE_KINDS: Readonly<Record<FreezeKind, KindTexts>> = {
  none: { name: "Nothing" },
  trunk: { name: "The trunk: faster" },
  layers: { name: "First layers", asks: "Layers from the input", example: "13" },
  blocks: { name: "Named blocks", asks: "Blocks", example: "backbone, head" },
  match: { name: "Names that match", asks: "Regular expression", example: "(backbone|fpn)" },
};

export interface FreezeParts {
  readonly kind: FreezeKind;
  readonly value: string;
}

export function freezeParts(freeze: string): FreezeParts {
  const [word = "", ...rest] = freeze.split(":");
  return { kind: word in FREEZE_KINDS ? (word as FreezeKind) : "none", value: rest.join(":") };
}

export const freezeText = ({ kind, value }: FreezeParts): string =>
  FREEZE_KINDS[kind].asks ? `${kind}:${value}` : kind;

/** What is wrong with it before the server is asked. */
export function freezeFault(freeze: string): string | undefined {
  const { kind, value } = freezeParts(freeze);
  if (!FREEZE_KINDS[kind].asks) return undefined;
  if (!value.trim()) return `For example ${FREEZE_KINDS[kind].example}.`;
  if (kind === "layers" && !/^[1-9]\d*$/.test(value)) return "A whole number from 1.";
  return undefined;
}

/** "1,200,000 of 3,000,000 parameters (40%) stay as they are: 13 of 70 layers". */
export function stillText(frozen: NonNullable<RunEstimate["frozen"]>): string {
  const [still, all] = [frozen.still, frozen.parameters].map((count) => count.toLocaleString("en"));
  const share = percent(frozen.still / frozen.parameters);
  return `${still} of ${all} parameters (${share}) stay as they are: ${frozen.still_layers} of ${frozen.layers} layers`;
}
