import type { ImportReview, OnKnown } from "../../../api/types";
import { count, counted } from "../../../ui/figures";
import { Radio } from "../../../ui/radio";

interface KnownPanelProps {
  images: ImportReview["images"];
  value: OnKnown;
  disabled: boolean;
  onPick: (value: OnKnown) => void;
}

/** What becomes of images that the project has already. */
export function KnownPanel({ images, value, disabled, onPick }: KnownPanelProps) {
  const labelled = counted(images.known_labelled, "labelled image");
  const choices = [
    {
      value: "add" as const,
      name: "Add theirs",
      text: "They get what they never had. What people deleted here stays deleted.",
    },
    { value: "keep" as const, name: "Keep ours", text: `${labelled} stay as they are.` },
    {
      value: "replace" as const,
      name: "Take theirs",
      text: `On ${labelled} theirs replace ours, where they differ. The history keeps ours.`,
    },
  ];
  return (
    <section class="panel" aria-labelledby="known-title">
      <header>
        <h2 id="known-title">{counted(images.known, "image")} already here</h2>
      </header>
      <div class="body">
        <p class="small faint known-sum">{count(images.known_labelled)} of them are labelled.</p>
        <Radio
          label="Images that are already here"
          value={value}
          choices={choices}
          disabled={disabled}
          onPick={onPick}
        />
      </div>
    </section>
  );
}
