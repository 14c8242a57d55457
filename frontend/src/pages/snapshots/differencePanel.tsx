import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { sentence } from "../../api/errors";
import type { Snapshot, SnapshotDiff } from "../../api/types";
import { isWhole } from "../../training/wholeSnapshot";
import { Select } from "../../ui/field";
import { count } from "../../ui/figures";
import { Skeleton } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";

interface DifferencePanelProps {
  snapshot: Snapshot;
  snapshots: readonly Snapshot[];
}

/** What came, went and changed since another snapshot, the parent at first. */
export function DifferencePanel({ snapshot, snapshots }: DifferencePanelProps) {
  const others = snapshots.filter((one) => one.status === "succeeded" && one.id !== snapshot.id);
  const [chosen, setChosen] = useState<number | null>(snapshot.parent);
  const other = others.find((one) => one.number === chosen) ?? null;
  if (others.length === 0) return null;
  return (
    <section class="panel" aria-label="Difference" data-testid="difference">
      <header>
        <h2 class="grow">Difference</h2>
        <Select
          label="Compare with"
          value={String(other?.number ?? "")}
          options={[
            ...(other ? [] : [{ value: "", name: "Choose" }]),
            ...others.map((one) => ({ value: String(one.number), name: `to v${one.number}` })),
          ]}
          onPick={(number) => setChosen(Number(number) || null)}
        />
      </header>
      {other ? (
        <Difference snapshot={snapshot} other={other} />
      ) : (
        <p class="body faint">
          {isWhole(snapshot) ? "The first snapshot." : "A part of the project: it follows no other snapshot."}
        </p>
      )}
    </section>
  );
}

function Difference({ snapshot, other }: { snapshot: Snapshot; other: Snapshot }) {
  const key = `diff ${snapshot.id} ${other.id}`;
  const { value, error } = useLoaded(key, (signal) =>
    api.get<SnapshotDiff>(`snapshots/${snapshot.id}/diff/${other.id}/`, { signal }),
  );
  if (error) return <p class="body bad">{sentence(error)}</p>;
  return (
    <table class="tight diff">
      <thead>
        <tr>
          <th scope="col">
            <span class="vh">What</span>
          </th>
          <th scope="col" class="num">
            Added
          </th>
          <th scope="col" class="num">
            Removed
          </th>
          <th scope="col" class="num">
            Changed
          </th>
        </tr>
      </thead>
      <tbody>
        <DifferenceRow
          name="Images"
          counts={value && [value.images_added, value.images_removed, value.images_changed]}
        />
        <DifferenceRow
          name="Annotations"
          counts={value && [value.annotations_added, value.annotations_removed, value.annotations_changed]}
        />
      </tbody>
    </table>
  );
}

function DifferenceRow({ name, counts }: { name: string; counts: readonly [number, number, number] | null }) {
  const cell = (sign: string, tone: string, value: number | undefined) => {
    if (value === undefined) return <Skeleton width={24} />;
    return value === 0 ? <span class="faint">0</span> : <span class={tone}>{sign + count(value)}</span>;
  };
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="num">{cell("+", "good", counts?.[0])}</td>
      <td class="num">{cell("−", "bad", counts?.[1])}</td>
      <td class="num">{cell("", "", counts?.[2])}</td>
    </tr>
  );
}
