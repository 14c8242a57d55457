/** The end of what one took along. */
import { useState } from "preact/hooks";
import { navigate } from "../../app/router";
import { Button, ButtonLink } from "../../ui/button";
import { toastError } from "../../ui/toast";
import { giveTripBack, trip } from "./takeAlong";
import type { WorkbenchState } from "./workbenchState";

export function AlongEnd({ workbench }: { workbench: WorkbenchState }) {
  const { slug } = workbench.project.project.value;
  const [isBusy, setBusy] = useState(false);
  const end = (): void => {
    setBusy(true);
    giveTripBack(workbench).then(
      () => navigate(`/p/${slug}/label`),
      (error) => {
        setBusy(false);
        toastError(error);
      },
    );
  };
  if (!trip.value) {
    return (
      <div class="void" data-testid="along-end">
        <h2>No images are with you</h2>
        <p>They were given back, or their time is over. What you did is saved, or kept until it can be.</p>
        <div class="acts">
          <ButtonLink look="primary" href={`/p/${slug}/label`}>
            Label
          </ButtonLink>
        </div>
      </div>
    );
  }
  return (
    <div class="void" data-testid="along-end">
      <h2>All that you took along is done</h2>
      <p>Previous goes back to them. Their pictures leave this device once you give the images back.</p>
      <div class="acts">
        <Button look="primary" busy={isBusy} onClick={end} data-testid="give-back">
          Give them back
        </Button>
      </div>
    </div>
  );
}
