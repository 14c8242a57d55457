import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons";
import { Spinner } from "./progress";

type Look = "primary" | "normal" | "quiet" | "danger";
type Size = "sm" | "md" | "lg";

interface Shared {
  look?: Look;
  size?: Size;
  icon?: IconName;
  /** Shows the spinner and refuses clicks; give `children` the word for what happens ("Starting"). */
  busy?: boolean;
  wide?: boolean;
  children?: ComponentChildren;
}

export type ButtonProps = Shared & Omit<ButtonHTMLAttributes<HTMLButtonElement>, "size" | "icon">;
export interface ButtonLinkProps extends Omit<Shared, "busy"> {
  href: string;
  download?: boolean | string;
  class?: string;
  "aria-label"?: string;
  onClick?: (event: MouseEvent) => void;
}

function classes(look: Look, size: Size, wide: boolean, extra: unknown): string {
  return ["btn", look !== "normal" && look, size !== "md" && size, wide && "wide", extra]
    .filter(Boolean)
    .join(" ");
}

export function Button({
  look = "normal",
  size = "md",
  icon,
  busy = false,
  wide = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={classes(look, size, wide, rest.class)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

export function ButtonLink({
  look = "normal",
  size = "md",
  icon,
  wide = false,
  children,
  ...rest
}: ButtonLinkProps) {
  return (
    <a {...rest} class={classes(look, size, wide, rest.class)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

export type IconButtonProps = Omit<ButtonProps, "children"> & { icon: IconName; label: string };

/** A button that shows only its icon; `label` is its name and its tooltip. */
export function IconButton({ label, look = "quiet", ...rest }: IconButtonProps) {
  return <Button {...rest} look={look} class={`icon ${rest.class ?? ""}`} aria-label={label} title={label} />;
}
