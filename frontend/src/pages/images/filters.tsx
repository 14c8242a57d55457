import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ImageFilter, type ImageOrder, NARROWING } from "../../api/imageLists";
import type { Label } from "../../api/types";
import { Button, ButtonLink } from "../../ui/button";
import { SearchField } from "../../ui/field";
import { Icon } from "../../ui/icons";
import { LabelDot } from "../../ui/label";
import { Menu, MenuChoice } from "../../ui/menu";
import { FilterChip, MoreChips, MoreFilters } from "./moreFilters";

const ORDERS: Record<ImageOrder, string> = {
  "-created": "Newest",
  created: "Oldest",
  name: "Name",
  uncertain: "Most uncertain",
};
const TYPING_MS = 250;

interface FiltersProps {
  team: string;
  filter: ImageFilter;
  slug: string;
  labels: Label[];
  set: (values: Record<string, string | null>) => void;
  /** May look into the Trash. */
  mayEmpty: boolean;
  /** Null: who looks may not make snapshots, or nothing is shown. */
  onExport: (() => void) | null;
}

function Search({ value, set }: { value: string; set: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => set(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <SearchField value={text} onText={setText} placeholder="File name" />;
}

/** In the row, or on a phone behind a button: `chosen` filters are on. */
function Sheet({ chosen, children }: { chosen: number; children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const outside = (event: Event) => {
      if (!anchor.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [isOpen]);
  return (
    <div class="filter-sheet" ref={anchor}>
      <button
        ref={button}
        type="button"
        class="btn"
        aria-expanded={isOpen}
        aria-controls="filter-tools"
        onClick={() => setOpen(!isOpen)}
      >
        Filter{chosen > 0 && ` (${chosen})`}
        <Icon name="down" class="end" />
      </button>
      <div id="filter-tools" class={isOpen ? "filter-tools open" : "filter-tools"}>
        {children}
      </div>
    </div>
  );
}

/** Only what is unlabelled can be a draft. */
function hasDrafts({ queue, drafts }: ImageFilter): boolean {
  return queue === "all" || queue === "unlabelled" || drafts !== "";
}

export function Filters({ filter, slug, team, labels, set, mayEmpty, onExport }: FiltersProps) {
  const chosen = labels.find((label) => String(label.id) === filter.label);
  return (
    <div class="images-filters">
      <Search value={filter.search} set={(search) => set({ search })} />
      <Sheet chosen={NARROWING.filter((name) => name !== "search" && filter[name] !== "").length}>
        {labels.length > 0 && (
          <Menu
            look="btn quiet"
            trigger={
              <>
                <span>Label</span>
                <Icon name="down" class="end" />
              </>
            }
          >
            <MenuChoice checked={!chosen} onClick={() => set({ label: null })}>
              All labels
            </MenuChoice>
            <hr />
            {labels.map((label) => (
              <MenuChoice
                key={label.id}
                checked={label === chosen}
                onClick={() => set({ label: String(label.id) })}
              >
                <LabelDot color={label.color} /> {label.name}
              </MenuChoice>
            ))}
          </Menu>
        )}
        <MoreFilters filter={filter} team={team} set={set} />
        {chosen && (
          <FilterChip name={chosen.name} remove={() => set({ label: null })}>
            <LabelDot color={chosen.color} />
          </FilterChip>
        )}
        <MoreChips filter={filter} team={team} set={set} />
        {labels.length > 0 && (
          <ButtonLink
            look="quiet"
            icon="grid"
            href={`/p/${slug}/review${chosen ? `?label=${chosen.id}` : ""}`}
          >
            Review by label
          </ButtonLink>
        )}
        {hasDrafts(filter) && (
          <Button
            look="quiet"
            aria-pressed={filter.drafts === "mine"}
            title="Images with boxes of yours that are not finished"
            onClick={() => set({ drafts: filter.drafts ? null : "mine" })}
          >
            My drafts
          </Button>
        )}
        <span class="grow" />
        {mayEmpty && (
          <ButtonLink look="quiet" icon="trash" href={`/p/${slug}/trash`}>
            Trash
          </ButtonLink>
        )}
        {onExport && (
          <Button
            look="quiet"
            icon="download"
            disabled={filter.drafts !== ""}
            title={filter.drafts ? "Drafts are exported once they are finished" : undefined}
            onClick={onExport}
            data-testid="export-open"
          >
            Export
          </Button>
        )}
        <Menu
          look="btn quiet"
          align="right"
          trigger={
            <>
              <Icon name="sort" />
              <span>{ORDERS[filter.order]}</span>
              <Icon name="down" class="end" />
            </>
          }
        >
          {(Object.keys(ORDERS) as ImageOrder[]).map((order) => (
            <MenuChoice
              key={order}
              checked={order === filter.order}
              onClick={() => set({ order: order === "-created" ? null : order })}
            >
              {ORDERS[order]}
            </MenuChoice>
          ))}
        </Menu>
      </Sheet>
    </div>
  );
}
