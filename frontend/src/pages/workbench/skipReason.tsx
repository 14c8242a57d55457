/** Why an image was skipped: asked for by the notice of the skip, never before it. */
import { useState } from "preact/hooks";
import type { Image } from "../../api/types";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import type { WorkbenchState } from "./workbenchState";

const COMMON = ["Blurred", "Too dark", "Nothing of interest", "Not sure what it is", "Twice in the project"];
const LONGEST = 200; // of a reason, in characters

export default function SkipReason({ workbench, image }: { workbench: WorkbenchState; image: Image }) {
  const [text, setText] = useState(image.skip_reason);
  const close = (): void => {
    workbench.explained.value = null;
  };
  const say = (reason: string): void => {
    close();
    workbench.explainSkip(image, reason.trim());
  };
  return (
    <Dialog title={`Why skip ${image.name}?`} close={close}>
      <form
        class="body skip-reason"
        onSubmit={(event) => {
          event.preventDefault();
          say(text);
        }}
      >
        <div class="skip-reasons" role="group" aria-label="Common reasons">
          {COMMON.map((reason) => (
            <Button key={reason} onClick={() => say(reason)}>
              {reason}
            </Button>
          ))}
        </div>
        <div class="row">
          <span class="field grow">
            <input
              aria-label="Another reason"
              placeholder="Another reason"
              maxLength={LONGEST}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </span>
          <Button look="primary" type="submit" disabled={text.trim() === image.skip_reason}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
