/** The middle of the workbench: the stage, or why there is none. */
import { useEffect, useState } from "preact/hooks";
import { Stage } from "../../annotator/views/stage";
import type { Image } from "../../api/types";
import { Button } from "../../ui/button";
import { Failed } from "../../ui/states";
import { AlongEnd } from "./alongEnd";
import { AskedLabel } from "./askedLabel";
import { EmptyQueue } from "./emptyQueue";
import { fileUrl, previewUrl } from "./fetching";
import { ListEnd } from "./listEnd";
import type { Walk } from "./walks";
import type { WorkbenchState } from "./workbenchState";

interface StageAreaProps {
  readonly workbench: WorkbenchState;
  readonly walk: Walk;
  readonly again: () => void;
}

export function StageArea({ workbench, walk, again }: StageAreaProps) {
  const phase = workbench.phase.value;
  const image = workbench.image.value;
  if (phase === "empty" && walk.isAlong) return <AlongEnd workbench={workbench} />;
  if (phase === "empty" && walk.list) return <ListEnd workbench={workbench} list={walk.list} again={again} />;
  if (phase === "empty") return <EmptyQueue workbench={workbench} queue={walk.queue} again={again} />;
  if (phase === "failed") return <Failed error={workbench.error.value} retry={again} />;
  if (!image) return <div class="stage waiting" aria-busy="true" data-testid="stage-loading" />;
  return <OpenStage key={image.id} workbench={workbench} image={image} />;
}

type PictureState = "loading" | "shown" | "failed";

/** While the next image loads, this one stays: the stage never flashes. */
function OpenStage({ workbench, image }: { workbench: WorkbenchState; image: Image }) {
  const [state, setState] = useState<PictureState>("loading");
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const at = document.activeElement;
    // Where nothing else has been chosen: the page begins at its content.
    if (at === null || at === document.body || at.id === "content")
      document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
  }, []);
  const retry = (): void => {
    setState("loading");
    setTries(tries + 1);
  };
  const fresh = (url: string): string => (tries === 0 ? url : `${url}?try=${tries}`);
  const { whole } = workbench;
  const picture = workbench.picture.value;
  return (
    <Stage
      shown={workbench.shown}
      dispatch={workbench.dispatch}
      label={`${image.name}, ${image.width} by ${image.height} pixels`}
      describedBy="stage-keys"
      picture={{
        preview: picture ?? fresh(previewUrl(image.id)),
        file: fresh(fileUrl(image.id)),
        alt: image.name,
        width: image.width,
        height: image.height,
        onLoad: () => setState("shown"),
        onError: () => setState("failed"),
      }}
    >
      <span class="vh" id="stage-keys">
        {whole ? "Digits set the label." : "Tab selects the next box, arrows move it, I adds one."} Question
        mark lists all keys.
      </span>
      <AskedLabel workbench={workbench} />
      {state === "loading" && <span class="picture-wait late" aria-hidden="true" />}
      {state === "failed" && (
        <div class="picture-failed" role="alert" data-testid="picture-failed">
          <p>
            <b>The picture did not load.</b> Its boxes are safe.
          </p>
          <Button onClick={retry}>Try again</Button>
        </div>
      )}
    </Stage>
  );
}
