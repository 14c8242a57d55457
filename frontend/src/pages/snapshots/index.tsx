import { SnapshotsPage } from "./snapshotsPage";
import "../runs/runs.css";
import "./snapshots.css";

export default function Snapshots({ number }: { number: number | null }) {
  return <SnapshotsPage number={number} />;
}
