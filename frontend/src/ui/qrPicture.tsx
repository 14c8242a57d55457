import qrcode from "qrcode-generator";

/** Light modules that readers want around the code. */
const MARGIN = 4;

/** A link as a code that a phone's camera reads; dark on light in both themes. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const places = [...Array(code.getModuleCount()).keys()];
  const side = places.length + 2 * MARGIN;
  const dark = places.flatMap((y) =>
    places.flatMap((x) => (code.isDark(y, x) ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : [])),
  );
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}
