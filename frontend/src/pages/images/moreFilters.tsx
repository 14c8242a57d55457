/** Filters that are asked for less often than a name or a label, in one menu. */
import type { ComponentChildren } from "preact";
import type { BoxFilter, ImageFilter, Split } from "../../api/imageLists";
import { userId } from "../../app/session";
import { Icon } from "../../ui/icons";
import { Menu, MenuChoice } from "../../ui/menu";
import { useMembers } from "./useMembers";

const BOXES: Record<BoxFilter, string> = {
  none: "No boxes",
  small: "Small boxes, under 32 px",
  medium: "Medium boxes, to 96 px",
  large: "Large boxes, from 96 px",
};
const SPLITS: Record<Split, string> = {
  train: "In the train split",
  val: "In the val split",
  test: "In the test split",
};
const WIDTHS = [
  { min_width: null, max_width: "640", name: "Up to 640 px wide" },
  { min_width: "641", max_width: "1920", name: "641 to 1,920 px wide" },
  { min_width: "1921", max_width: null, name: "Over 1,920 px wide" },
];

interface MoreProps {
  filter: ImageFilter;
  team: string;
  set: (values: Record<string, string | null>) => void;
}

/** What is chosen once more is given up. */
export function MoreFilters(props: MoreProps) {
  const { filter, set } = props;
  return (
    <Menu
      look="btn quiet"
      trigger={
        <>
          <span>Filter</span>
          <Icon name="down" class="end" />
        </>
      }
    >
      <Assigned {...{ filter, set }} to={String(userId.value)} name="me" />
      <Assigned {...{ filter, set }} to="nobody" name="nobody" />
      <hr />
      {(Object.keys(BOXES) as BoxFilter[]).map((boxes) => (
        <MenuChoice
          key={boxes}
          checked={filter.boxes === boxes}
          onClick={() => set({ boxes: filter.boxes === boxes ? null : boxes })}
        >
          {BOXES[boxes]}
        </MenuChoice>
      ))}
      <hr />
      {WIDTHS.map((width) => (
        <MenuChoice
          key={width.name}
          checked={isWidth(filter, width)}
          onClick={() => set(isWidth(filter, width) ? NO_WIDTH : bounds(width))}
        >
          {width.name}
        </MenuChoice>
      ))}
      <hr />
      <MenuChoice
        checked={filter.suggested !== ""}
        onClick={() => set({ suggested: filter.suggested ? null : "true" })}
      >
        A model found something
      </MenuChoice>
      <hr />
      {(Object.keys(SPLITS) as Split[]).map((split) => (
        <MenuChoice
          key={split}
          checked={filter.split === split}
          onClick={() => set({ split: filter.split === split ? null : split })}
        >
          {SPLITS[split]}
        </MenuChoice>
      ))}
      <hr />
      <People {...props} />
    </Menu>
  );
}

interface AssignedProps extends Pick<MoreProps, "filter" | "set"> {
  to: string;
  name: string;
}

function Assigned({ filter, set, to, name }: AssignedProps) {
  const checked = filter.assigned === to;
  return (
    <MenuChoice checked={checked} onClick={() => set({ assigned: checked ? null : to })}>
      Assigned to {name}
    </MenuChoice>
  );
}

function People({ filter, team, set }: MoreProps) {
  const people = useMembers(team);
  const others = people.filter(({ user }) => user.id !== userId.value);
  return (
    <>
      {people.map(({ user }) => (
        <MenuChoice
          key={user.id}
          checked={filter.author === String(user.id)}
          onClick={() => set({ author: filter.author === String(user.id) ? null : String(user.id) })}
        >
          Boxes by {user.name}
        </MenuChoice>
      ))}
      {others.length > 0 && <hr />}
      {others.map(({ user }) => (
        <Assigned key={user.id} {...{ filter, set }} to={String(user.id)} name={user.name} />
      ))}
    </>
  );
}

const NO_WIDTH = { min_width: null, max_width: null };

type Width = (typeof WIDTHS)[number];

function bounds({ min_width, max_width }: Width) {
  return { min_width, max_width };
}

function isWidth(filter: ImageFilter, { min_width, max_width }: Width): boolean {
  return filter.min_width === (min_width ?? "") && filter.max_width === (max_width ?? "");
}

/** What is chosen, each to be taken away. */
export function MoreChips({ filter, team, set }: MoreProps) {
  const { boxes, min_width, max_width, suggested, author, split, assigned } = filter;
  return (
    <>
      {boxes && <FilterChip name={BOXES[boxes]} remove={() => set({ boxes: null })} />}
      {(min_width || max_width) && <FilterChip name={widthText(filter)} remove={() => set(NO_WIDTH)} />}
      {suggested && <FilterChip name="A model found something" remove={() => set({ suggested: null })} />}
      {split && <FilterChip name={SPLITS[split]} remove={() => set({ split: null })} />}
      {assigned && <AssignedChip assigned={assigned} team={team} remove={() => set({ assigned: null })} />}
      {author && <AuthorChip author={author} team={team} remove={() => set({ author: null })} />}
    </>
  );
}

function widthText(filter: ImageFilter): string {
  const { min_width, max_width } = filter;
  const known = WIDTHS.find((width) => isWidth(filter, width));
  return known?.name ?? `${min_width || 0} to ${max_width || "any"} px wide`;
}

function AuthorChip({ author, team, remove }: { author: string; team: string; remove: () => void }) {
  const person = useMembers(team).find(({ user }) => String(user.id) === author);
  return <FilterChip name={`Boxes by ${person?.user.name ?? `person ${author}`}`} remove={remove} />;
}

interface AssignedChipProps {
  assigned: string;
  team: string;
  remove: () => void;
}

function AssignedChip({ assigned, team, remove }: AssignedChipProps) {
  const person = useMembers(team).find(({ user }) => String(user.id) === assigned)?.user;
  const name = person?.name ?? (assigned === "nobody" ? "nobody" : `person ${assigned}`);
  return (
    <FilterChip name={`Assigned to ${person && person.id === userId.value ? "me" : name}`} remove={remove} />
  );
}

interface ChipProps {
  name: string;
  remove: () => void;
  children?: ComponentChildren;
}

export function FilterChip({ name, remove, children }: ChipProps) {
  return (
    <span class="chip">
      {children}
      {name}
      <button type="button" aria-label={`Remove filter ${name}`} onClick={remove}>
        <Icon name="x" />
      </button>
    </span>
  );
}
