import type { JSX } from "preact";

// 16 × 16, drawn with a 1.5 px line; `fill` where the shape is solid.
const DRAWINGS = {
  box: () => (
    <>
      <path d="M3 3h10v10H3z" />
      <path d="M11 11h4v4h-4z" fill="currentColor" stroke="none" />
    </>
  ),
  check: () => <path d="m3 8.5 3.3 3.3L13 5" />,
  clock: () => (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 4.8V8l2.2 1.5" />
    </>
  ),
  cloudoff: () => (
    <path d="M4.5 12.5h6.5a2.8 2.8 0 0 0 1.5-5.2M10.8 6A4 4 0 0 0 6 4.2M3.8 6.8a3 3 0 0 0 .7 5.7M2.5 2.5l11 11" />
  ),
  contrast: () => (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </>
  ),
  corners: () => (
    <>
      <path d="M4 4h8v8H4z" stroke-dasharray="2 2" />
      <path d="M4 4h.1M12 12h.1" stroke-width="3.4" />
    </>
  ),
  copy: () => (
    <>
      <path d="M5.5 5.5h8v8h-8z" />
      <path d="M10.5 5.5v-3h-8v8h3" />
    </>
  ),
  cube: () => (
    <>
      <path d="m8 1.8 5.5 3v6.4L8 14.2l-5.5-3V4.8z" />
      <path d="m2.7 5 5.3 2.9L13.3 5M8 7.9v6" />
    </>
  ),
  dots: () => <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" stroke-width="2.2" />,
  down: () => <path d="m4 6 4 4 4-4" />,
  download: () => (
    <>
      <path d="M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2" />
      <path d="M2.5 10.5v3h11v-3" />
    </>
  ),
  extreme: () => (
    <>
      <path d="M8 2v3M8 11v3M2 8h3M11 8h3" />
      <circle cx="8" cy="8" r="1" fill="currentColor" stroke="none" />
    </>
  ),
  eye: () => (
    <>
      <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  filter: () => <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  fit: () => <path d="M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3" />,
  flag: () => <path d="M4 14V2.5M4 3h8l-1.7 2.7L12 8.5H4" />,
  gear: () => (
    <>
      <path d="M2.5 5h5M11.5 5h2M2.5 11h2M8.5 11h5" />
      <circle cx="9.5" cy="5" r="1.8" />
      <circle cx="6.5" cy="11" r="1.8" />
    </>
  ),
  grid: () => <path d="M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z" />,
  hand: () => (
    <path d="M5 8V4.2a1 1 0 0 1 2 0V7m0-.5V3a1 1 0 0 1 2 0v4m0-.6V4a1 1 0 0 1 2 0v5.5C11 12 9.6 14 7.5 14c-1.7 0-2.7-.8-3.6-2.4L2.7 9.3a.9.9 0 0 1 1.6-.8L5 9.6z" />
  ),
  image: () => (
    <>
      <path d="M2.5 3h11v10h-11z" />
      <path d="m3 11.5 3.5-4 2.5 2.7 1.5-1.5 2.8 2.8" />
      <circle cx="10.5" cy="5.8" r=".8" fill="currentColor" stroke="none" />
    </>
  ),
  key: () => (
    <>
      <path d="M1.5 4.5h13v7h-13z" />
      <path d="M4 7h.1M6.7 7h.1M9.3 7h.1M12 7h.1M5 9.5h6" />
    </>
  ),
  layers: () => (
    <>
      <path d="m8 2.5 6 3-6 3-6-3z" />
      <path d="m2 8.5 6 3 6-3M2 11.3l6 3 6-3" />
    </>
  ),
  left: () => <path d="m10 3-5 5 5 5" />,
  link: () => (
    <>
      <path d="M6.5 9.5 9.5 6.5" />
      <path d="M7 4.5 9 2.7a2.9 2.9 0 0 1 4.2 4.2L11.3 8.8M9 11.5l-2 1.8a2.9 2.9 0 0 1-4.2-4.2L4.7 7.2" />
    </>
  ),
  list: () => <path d="M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h7.5" />,
  lock: () => (
    <>
      <path d="M4 7.5h8v6H4z" />
      <path d="M5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />
    </>
  ),
  mail: () => (
    <>
      <path d="M2 3.5h12v9H2z" />
      <path d="m2.5 4.5 5.5 4.5 5.5-4.5" />
    </>
  ),
  minus: () => <path d="M3 8h10" />,
  note: () => <path d="M2.5 3h11v8H8l-3 2.5V11H2.5z" />,
  phone: () => (
    <>
      <path d="M4.5 1.5h7v13h-7z" />
      <path d="M7.3 12.5h1.4" />
    </>
  ),
  grip: () => <path d="M6 4h.1M10 4h.1M6 8h.1M10 8h.1M6 12h.1M10 12h.1" stroke-width="2.2" />,
  plus: () => <path d="M8 3v10M3 8h10" />,
  redo: () => (
    <>
      <path d="m10 3 3 3-3 3" />
      <path d="M13 6H6.5a3.5 3.5 0 0 0 0 7H10" />
    </>
  ),
  repeat: () => (
    <>
      <path d="M2.5 9.5h6v4h-6z" />
      <path d="M7.5 2.5h6v4h-6z" stroke-dasharray="2 1.6" />
      <path d="M11 13V9.5M9.5 11l1.5-1.5 1.5 1.5" />
    </>
  ),
  right: () => <path d="m6 3 5 5-5 5" />,
  run: () => (
    <>
      <path d="M2.5 2.5v11h11" />
      <path d="m4.5 10.5 2.7-3.2 2.2 1.6 3.6-5" />
    </>
  ),
  search: () => (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  select: () => <path d="M3.5 2.5 13 7l-4 1.5L7.2 13z" />,
  send: () => <path d="M2.5 8h10M8.5 4l4 4-4 4" />,
  skip: () => (
    <>
      <path d="M3 3.5 9 8l-6 4.5z" />
      <path d="M12 3.5v9" />
    </>
  ),
  sort: () => <path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5" />,
  stop: () => <path d="M4 4h8v8H4z" />,
  sugg: () => <path d="M3 3h10v10H3z" stroke-dasharray="2.6 2" />,
  sun: () => (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>
  ),
  tag: () => (
    <>
      <path d="M2.5 2.5h5.5l5.5 5.5-5.5 5.5L2.5 8z" />
      <circle cx="5.5" cy="5.5" r=".8" fill="currentColor" stroke="none" />
    </>
  ),
  team: () => (
    <>
      <circle cx="6" cy="5.5" r="2.5" />
      <path d="M1.5 13.5c.3-2.7 2-4 4.5-4s4.2 1.3 4.5 4M10.5 3.2a2.4 2.4 0 0 1 0 4.6M12 9.8c1.5.6 2.3 1.8 2.5 3.7" />
    </>
  ),
  trash: () => <path d="M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.7 9h6.6l.7-9" />,
  up: () => <path d="m4 10 4-4 4 4" />,
  undo: () => (
    <>
      <path d="M6 3 3 6l3 3" />
      <path d="M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />
    </>
  ),
  upload: () => (
    <>
      <path d="M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2" />
      <path d="M2.5 10.5v3h11v-3" />
    </>
  ),
  warn: () => (
    <>
      <path d="M8 2.5 14.2 13H1.8z" />
      <path d="M8 6.5v3M8 11.3v.1" />
    </>
  ),
  web: () => (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M2.2 8h11.6M8 2.2c2 1.8 2.7 3.7 2.7 5.8S10 12 8 13.8C6 12 5.3 10.1 5.3 8S6 4 8 2.2z" />
    </>
  ),
  x: () => <path d="m4 4 8 8M12 4l-8 8" />,
} satisfies Record<string, () => JSX.Element>;

export type IconName = keyof typeof DRAWINGS;

/** Decorative by itself: the button or text around it carries the name. */
export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }) {
  return (
    <svg class={`i ${extra}`} viewBox="0 0 16 16" aria-hidden="true">
      {DRAWINGS[name]()}
    </svg>
  );
}
