import type { ImageFilter } from "../../api/imageLists";
import type { Counts } from "../../api/types";
import { setQuery } from "../../app/router";
import { Tabs } from "../../ui/choice";
import { count } from "../../ui/figures";

export const TABS: { value: ImageFilter["queue"]; name: string }[] = [
  { value: "all", name: "All" },
  { value: "unlabelled", name: "Unlabelled" },
  { value: "labelled", name: "Labelled" },
  { value: "review", name: "Review" },
  { value: "done", name: "Done" },
  { value: "skipped", name: "Skipped" },
];

export function countOf(counts: Counts, queue: ImageFilter["queue"]): number {
  return queue === "all" ? counts.images : counts[queue];
}

export function QueueTabs({ queue, counts }: { queue: ImageFilter["queue"]; counts: Counts }) {
  return (
    <Tabs<ImageFilter["queue"]>
      label="Queues"
      value={queue}
      controls="queue-images"
      onPick={(value) => setQuery({ queue: value === "all" ? null : value, drafts: null })}
      choices={TABS.map(({ value, name }) => ({
        value,
        name: (
          <>
            {name} <span class="count">{count(countOf(counts, value))}</span>
          </>
        ),
      }))}
    />
  );
}
