import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { toastError } from "../ui/toast";
import { saveCsv, savePng, saveSvg } from "./exporting";
import { PlotTableView } from "./plotTableView";
import { SaveMenu } from "./saveMenu";
import type { PlotTable } from "./table";
import "./plots.css";

interface PlotPanelProps {
  title: string;
  /** Without spaces: the name of saved files. */
  fileName: string;
  /** The plot's numbers: shown instead of the drawing on demand, and saved as CSV. */
  table: PlotTable;
  /** Beside the title: a sentence, a legend, a choice. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A plot in its panel: title, drawing or table, and the ways to take it along. */
export function PlotPanel({ title, fileName, table, aside, children }: PlotPanelProps) {
  const body = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const drawing = () => body.current?.querySelector<SVGSVGElement>("svg.plot") ?? null;
  return (
    <section class="panel plot-panel" aria-label={title}>
      <header>
        <h2 class="grow">{title}</h2>
        {aside}
        <SaveMenu
          title={title}
          asTable={asTable}
          onToggleTable={() => setAsTable(!asTable)}
          onSvg={() => withDrawing(drawing(), (svg) => saveSvg(svg, fileName))}
          onPng={() => withDrawing(drawing(), (svg) => savePng(svg, fileName))}
          onCsv={() => saveCsv(table, fileName)}
        />
      </header>
      <div class="body" ref={body}>
        {asTable ? <PlotTableView table={table} title={title} /> : children}
      </div>
    </section>
  );
}

function withDrawing(svg: SVGSVGElement | null, save: (svg: SVGSVGElement) => void | Promise<void>): void {
  if (svg) Promise.resolve(save(svg)).catch(toastError);
}
