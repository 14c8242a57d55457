/** A run's `freeze` as two fields: which kind, and its value. Pure; the grammar is the engine's. */

import type { RunEstimate } from "../api/types";
import { percent } from "../ui/figures";

export type FreezeKind = "auto" | "none" | "trunk" | "early" | "layers" | "blocks" | "match";

interface KindTexts {
  readonly name: string;
  /** Of the value's field; kinds without a value have none. */
  readonly asks?: string;
  readonly example?: string;
}

export const FREEZE_KINDS: Readonly<Record<FreezeKind, KindTexts>> = {
  auto: { name: "Automatic, by the images" },
  trunk: { name: "The heads only: quicker" },
  early: { name: "Heads and late blocks, these anew" },
  none: { name: "Trunk and heads, from the base" },
  layers: { name: "All but the first layers", asks: "Layers from the input", example: "13" },
  blocks: { name: "All but named blocks", asks: "Blocks", example: "backbone, head" },
  match: { name: "All but names that match", asks: "Regular expression", example: "(backbone|fpn)" },
};

/** Of the rates that a model learns at: what "everything, faster" is. */
export const FASTER = 2;

export interface FreezeParts {
  readonly kind: FreezeKind;
  readonly value: string;
}

export function freezeParts(freeze: string): FreezeParts {
  const [word = "", ...rest] = freeze.split(":");
  return { kind: word in FREEZE_KINDS ? (word as FreezeKind) : "auto", value: rest.join(":") };
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
