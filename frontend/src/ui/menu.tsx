import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface MenuProps {
  /** The button's content. */
  trigger: ComponentChildren;
  /** The button's name where its content is an icon only. */
  label?: string;
  /** Classes of the trigger button. */
  look?: string;
  align?: "left" | "right";
  direction?: "down" | "up";
  children: ComponentChildren;
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^='menuitem']:not(:disabled)")];
}

function move(menu: HTMLElement, key: string): boolean {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
  if (target === undefined) return false;
  all[(target + all.length) % all.length]?.focus();
  return true;
}

/** A button that opens a menu: arrows move, Enter picks, Escape goes back to the button. */
export function Menu({
  trigger,
  label,
  look = "btn",
  align = "left",
  direction = "down",
  children,
}: MenuProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    if (menu.current) items(menu.current)[0]?.focus();
    const outside = (event: Event) => {
      if (!anchor.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close(true);
    } else if (menu.current && move(menu.current, event.key)) event.preventDefault();
  };
  const onTriggerKey = (event: KeyboardEvent) => {
    if (open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <span class="menu-anchor" ref={anchor}>
      <button
        ref={button}
        type="button"
        class={look}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onKeyDown={onTriggerKey}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {open && (
        <div
          ref={menu}
          class={`menu ${align === "right" ? "right" : ""} ${direction === "up" ? "above" : ""}`}
          role="menu"
          tabIndex={-1}
          onKeyDown={onKeyDown}
          onClick={(event) => (event.target as Element).closest("[role^='menuitem']") && close(true)}
        >
          {children}
        </div>
      )}
    </span>
  );
}

interface ItemProps {
  icon?: IconName;
  /** At the right: a count, "1.6 GB". */
  cost?: ComponentChildren;
  danger?: boolean;
  disabled?: boolean;
  onClick?: () => void;
  children: ComponentChildren;
}

export function MenuItem({ icon, cost, danger = false, disabled = false, onClick, children }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      disabled={disabled}
      class={danger ? "bad" : ""}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {cost !== undefined && <span class="cost">{cost}</span>}
    </button>
  );
}

export function MenuLink({
  icon,
  cost,
  href,
  children,
  download,
}: ItemProps & { href: string; download?: boolean }) {
  return (
    <a role="menuitem" tabIndex={-1} href={href} download={download}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {cost !== undefined && <span class="cost">{cost}</span>}
    </a>
  );
}

/** One of several in a menu, with a check on the chosen one. */
export function MenuChoice({ checked, cost, onClick, children }: ItemProps & { checked: boolean }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={checked} tabIndex={-1} onClick={onClick}>
      <span class="row grow">{children}</span>
      {cost !== undefined && <span class="cost">{cost}</span>}
      {checked && <Icon name="check" />}
    </button>
  );
}
