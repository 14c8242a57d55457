import { useState } from "preact/hooks";
import { api, apiUrl } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { Artifact, WorstPicture, WorstPictures } from "../../../api/types";
import { SeenBoxes } from "../../../training/tryit/seenPicture";
import { counted } from "../../../ui/figures";
import { Skeleton } from "../../../ui/states";
import { useLoaded } from "../../../ui/useLoaded";
import { useLabelColors } from "../result/useLabelColors";

/** Of a file that answers otherwise: the pictures where it shows most, its boxes beside the checkpoint's. */
export function WorstPicturesOf({ artifact, rowKey }: { artifact: Artifact; rowKey: string }) {
  const [isOpen, setOpen] = useState(false);
  const address = `artifacts/${artifact.id}/worst/`;
  const worst = useLoaded(isOpen ? `${address} ${artifact.finished_at}` : null, (signal) =>
    api.get<WorstPictures>(address, { signal }),
  );
  return (
    <details
      class="worst small"
      data-testid={`worst-${rowKey}`}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>The pictures on which it differs most</summary>
      {worst.error ? <p class="bad">{sentence(worst.error)}</p> : null}
      {isOpen && !worst.value && !worst.error && <Skeleton width={240} />}
      {worst.value?.pictures.length === 0 && <p class="dim">None of them is left in this project.</p>}
      {worst.value && (
        <ul>
          {worst.value.pictures.map((one) => (
            <WorstPictureEntry key={one.image.id} one={one} where={worst.value!.where ?? ""} />
          ))}
        </ul>
      )}
    </details>
  );
}

function WorstPictureEntry({ one, where }: { one: WorstPicture; where: string }) {
  return (
    <li data-testid="worst-picture">
      <Side one={one} found={one.checkpoint} title="Checkpoint" />
      <Side one={one} found={one.artifact} title="This file" where={where} />
      <span class="cut faint" title={one.image.name}>
        {one.image.name}
      </span>
    </li>
  );
}

interface SideProps {
  one: WorstPicture;
  found: WorstPicture["checkpoint"];
  title: string;
  /** What ran it. */
  where?: string;
}

function Side({ one, found, title, where }: SideProps) {
  const { id, name, width, height } = one.image;
  const colorOf = useLabelColors();
  const seen = found.map(({ label, score, box }) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = box ?? [];
    return { label, score, ...(box && { box: [left, top, right, bottom] as const }) };
  });
  return (
    <figure>
      <span class="picture" style={`--w:${width};--h:${height}`}>
        <img
          src={apiUrl(`images/${id}/preview/`)}
          alt={`${name}, ${title}: ${counted(found.length, "answer", "answers")}`}
          width={width}
          height={height}
          loading="lazy"
          decoding="async"
        />
        <SeenBoxes found={seen} colorOf={colorOf} width={width} height={height} />
      </span>
      <figcaption>
        <b>{title}</b> {saidText(found)}
        {where && <span class="faint"> in {where}</span>}
      </figcaption>
    </figure>
  );
}

/** "3 found"; of a classifier "disc 0.80, square 0.20". */
function saidText(found: WorstPicture["checkpoint"]): string {
  if (found.length === 0) return "nothing found";
  if (found[0]!.box) return `${found.length} found`;
  return found.map(({ label, score }) => `${label} ${score.toFixed(2)}`).join(", ");
}
