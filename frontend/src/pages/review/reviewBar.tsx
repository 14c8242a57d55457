import { savingStatus } from "../../annotator/saving/savingSession";
import { wording } from "../../annotator/saving/savingStatus";
import type { Label, Project } from "../../api/types";
import { setQuery } from "../../app/router";
import { TASKS } from "../../app/tasks";
import { ButtonLink } from "../../ui/button";
import { count, counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { LabelDot, LabelName } from "../../ui/label";
import { Menu, MenuChoice } from "../../ui/menu";
import { ORDERS, type Order } from "./useLabelled";

interface ReviewBarProps {
  project: Project;
  label: Label;
  order: Order;
  changed: number;
}

/** What the order leaves out. */
const LEAVES_OUT: Partial<Record<Order, string>> = {
  unsure: "Only what has a score",
  author: "Only what has an author",
};

/** Which label, in which order, and whether all is saved. */
export function ReviewBar({ project, label, order, changed }: ReviewBarProps) {
  const { hasBoxes, unit } = TASKS[project.task];
  const orders = (Object.keys(ORDERS) as Order[]).filter(
    (one) => hasBoxes || (one !== "smallest" && one !== "largest"),
  );
  const { text, tone } = wording(savingStatus.value);
  return (
    <div class="review-bar">
      <ButtonLink look="quiet" icon="left" href={`/p/${project.slug}/images?label=${label.id}`}>
        Images
      </ButtonLink>
      <h1 class="vh">Review by label</h1>
      <Menu
        label="Label"
        trigger={
          <>
            <LabelName label={label} />
            <Icon name="down" class="end" />
          </>
        }
      >
        {project.labels.map((one) => (
          <MenuChoice
            key={one.id}
            checked={one.id === label.id}
            cost={count(one.annotation_count)}
            onClick={() => setQuery({ label: String(one.id) })}
          >
            <LabelDot color={one.color} /> {one.name}
          </MenuChoice>
        ))}
      </Menu>
      <span class="faint nowrap">
        {counted(label.annotation_count, unit === "images" ? "image" : "box", unit)}
      </span>
      {changed > 0 && <span class="nowrap">{count(changed)} changed</span>}
      <span class="grow" />
      <span class={`nowrap ${tone === "good" ? "faint" : tone}`} data-testid="saving-state">
        {text}
      </span>
      {LEAVES_OUT[order] && <span class="faint nowrap desk-only">{LEAVES_OUT[order]}</span>}
      <Menu
        look="btn quiet"
        align="right"
        trigger={
          <>
            <Icon name="sort" />
            <span>{ORDERS[order]}</span>
            <Icon name="down" class="end" />
          </>
        }
      >
        {orders.map((one) => (
          <MenuChoice
            key={one}
            checked={one === order}
            onClick={() => setQuery({ order: one === "newest" ? null : one })}
          >
            {ORDERS[one]}
          </MenuChoice>
        ))}
      </Menu>
    </div>
  );
}
