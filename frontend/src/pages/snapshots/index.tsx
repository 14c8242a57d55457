import { SnapshotsPage } from "./snapshotsPage";
import "../../training/training.css";
import "./snapshots.css";

export default function Snapshots({ number }: { number: number | null }) {
  return <SnapshotsPage number={number} />;
}
