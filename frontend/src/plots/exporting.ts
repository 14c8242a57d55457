/** A plot as a file: SVG with its styles inside, PNG at twice the size, CSV of its numbers. */

import { csvOf, type PlotTable } from "./table";

const SVG = "http://www.w3.org/2000/svg";

const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "paint-order",
  "opacity",
  "text-anchor",
  "font-family",
  "font-size",
  "font-weight",
];

/**
 * The drawing as a document of its own, the panel's colour behind it. Computed styles become attributes: style
 * attributes written by script are refused by the page's content security policy.
 */
function standaloneSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((original, index) => {
    const target = copies[index];
    if (!target) return;
    target.removeAttribute("style");
    target.removeAttribute("class");
    const computed = getComputedStyle(original);
    for (const name of STYLES) target.setAttribute(name, computed.getPropertyValue(name));
  });
  for (const part of copy.querySelectorAll("[data-saved-only]")) part.removeAttribute("display");
  copy.setAttribute("height", String(savedHeight(svg)));
  copy.prepend(ground());
  copy.setAttribute("xmlns", SVG);
  return new XMLSerializer().serializeToString(copy);
}

/** What is shown beside a plot, such as its legend, stands below it in the file. */
const savedHeight = (svg: SVGSVGElement): number => Number(svg.dataset.savedHeight ?? svg.clientHeight);

function ground(): SVGRectElement {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("width", "100%");
  rect.setAttribute("height", "100%");
  rect.setAttribute("fill", getComputedStyle(document.documentElement).getPropertyValue("--panel").trim());
  return rect;
}

export function saveSvg(svg: SVGSVGElement, name: string): void {
  saveBlob(new Blob([standaloneSvg(svg)], { type: "image/svg+xml" }), `${name}.svg`);
}

export async function savePng(svg: SVGSVGElement, name: string, scale = 2): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standaloneSvg(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = svg.clientWidth * scale;
  canvas.height = savedHeight(svg) * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser draws no canvas: save the plot as SVG.");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The PNG could not be made: save the plot as SVG.");
  saveBlob(blob, `${name}.png`);
}

export function saveCsv(table: PlotTable, name: string): void {
  saveBlob(new Blob([csvOf(table)], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // Safari still reads it after the click
}
