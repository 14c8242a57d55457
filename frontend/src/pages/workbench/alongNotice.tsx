/** That images are with one, where one walks others; and that their time is over. */
import { Notice } from "./notice";
import { clock, trip } from "./takeAlong";
import { ALONG, type Walk } from "./walks";
import type { WorkbenchState } from "./workbenchState";

export function AlongNotice({ workbench, walk }: { workbench: WorkbenchState; walk: Walk }) {
  const { slug } = workbench.project.project.value;
  const found = trip.value;
  if (!found) return null;
  if (Date.parse(found.until) < Date.now()) {
    return (
      <Notice tone="warn" icon="clock" id="along-over">
        <span>
          The time of these images is over: colleagues may get them too. What you do is kept, and merged with
          theirs.
        </span>
      </Notice>
    );
  }
  if (walk.isAlong) return null;
  return (
    <Notice tone="info" icon="download" id="along-notice">
      <span class="grow">You have images with you on this device until {clock(found.until)}.</span>
      <a class="btn sm" href={`/p/${slug}/label${ALONG}`}>
        Go on with them
      </a>
    </Notice>
  );
}
