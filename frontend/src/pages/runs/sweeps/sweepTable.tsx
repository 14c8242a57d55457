import { useState } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import type { Sweep, SweepRow } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { Badge, StatusBadge } from "../../../ui/badge";
import { ButtonLink } from "../../../ui/button";
import { duration, fraction } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { axisName, type Names, rowNote, valueText } from "./axes";
import { nextOrder, type Order, sortedRows } from "./sweepRows";

interface SweepTableProps {
  sweep: Sweep;
  rows: readonly SweepRow[];
  names: Names;
}

interface Column {
  readonly key: string;
  readonly name: string;
  readonly isFigure: boolean;
}

/** The sweep's runs; each column's head sorts by it. */
export function SweepTable({ sweep, rows, names }: SweepTableProps) {
  const { headline, second } = TASKS[useProject().project.value.task];
  const axes = Object.keys(sweep.axes);
  const [order, setOrder] = useState<Order>({ key: "number", isRising: true });
  const columns: Column[] = [
    { key: "number", name: "Run", isFigure: false },
    ...axes.map((key) => ({ key, name: axisName(key), isFigure: false })),
    { key: "status", name: "Status", isFigure: false },
    { key: headline.key, name: headline.title, isFigure: true },
    { key: second.key, name: second.title, isFigure: true },
    { key: "epoch", name: "Epochs done", isFigure: true },
    { key: "seconds", name: "Time", isFigure: true },
    { key: "cpu_seconds", name: "CPU time", isFigure: true },
  ];
  return (
    <section class="panel" aria-label="Runs of the sweep">
      <header>
        <h2 class="grow">Runs</h2>
        <ButtonLink size="sm" icon="download" href={apiUrl(`sweeps/${sweep.id}/table/csv/`)} download>
          CSV
        </ButtonLink>
      </header>
      <div class="scroll-x">
        <table class="runs sweep-runs" data-testid="sweep-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sortedRows(rows, order).map((row) => (
              <Row key={row.id} row={row} axes={axes} names={names} isBest={row.id === sweep.best?.id} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Head(props: { column: Column; order: Order; onOrder: (order: Order) => void }) {
  const { column, order, onOrder } = props;
  const isSorted = order.key === column.key;
  const way = order.isRising ? "ascending" : "descending";
  return (
    <th scope="col" class={column.isFigure ? "num" : ""} aria-sort={isSorted ? way : undefined}>
      <button
        type="button"
        class="sorter"
        onClick={() => onOrder(nextOrder(order, column.key, column.isFigure))}
      >
        {column.name}
        {isSorted && <Icon name={order.isRising ? "up" : "down"} />}
      </button>
    </th>
  );
}

function Row(props: { row: SweepRow; axes: readonly string[]; names: Names; isBest: boolean }) {
  const { row, axes, names, isBest } = props;
  const { project } = useProject();
  const { headline, second } = TASKS[project.value.task];
  const note = rowNote(row);
  return (
    <tr data-testid={`sweep-run-${row.number}`}>
      <th scope="row">
        <a href={`/p/${project.value.slug}/runs/${row.number}`}>Run {row.number}</a>
      </th>
      {axes.map((key) => (
        <td key={key}>{valueText(key, row.setting[key] ?? "–", names)}</td>
      ))}
      <td>
        <span class="row">
          <StatusBadge status={row.status} />
          {isBest && <Badge>Best</Badge>}
        </span>
        {note && <span class="small dim note-line">{note}</span>}
      </td>
      <td class="num">
        <b>{fraction(row.metrics[headline.key])}</b>
      </td>
      <td class="num">{fraction(row.metrics[second.key])}</td>
      <td class="num">
        {row.epoch} of {row.epochs}
      </td>
      <td class="num">{row.seconds === null ? "–" : duration(row.seconds)}</td>
      <td class="num">{row.cpu_seconds === null ? "–" : duration(row.cpu_seconds)}</td>
    </tr>
  );
}
