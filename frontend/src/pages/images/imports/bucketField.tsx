import { TextField } from "../../../ui/field";
import { Radio } from "../../../ui/radio";

export type Originals = "copy" | "leave";

const CHOICES = [
  {
    value: "copy" as const,
    name: "Copy the images",
    text: "They are stored here: what becomes of the bucket does not matter any more.",
  },
  {
    value: "leave" as const,
    name: "Leave them there",
    text: "They are read from the bucket whenever they are needed: keep them there, unchanged.",
  },
];

interface BucketFieldProps {
  address: string;
  originals: Originals;
  disabled: boolean;
  fault: string | undefined;
  onAddress: (address: string) => void;
  onOriginals: (originals: Originals) => void;
}

/** A folder in a bucket, and what becomes of its images. */
export function BucketField({
  address,
  originals,
  disabled,
  fault,
  onAddress,
  onOriginals,
}: BucketFieldProps) {
  return (
    <>
      <TextField
        label="Or a folder in a bucket"
        value={address}
        placeholder="s3://bucket/folder/"
        autocomplete="off"
        disabled={disabled}
        fault={fault}
        onText={onAddress}
      />
      {address.trim() && (
        <Radio
          label="Images of the bucket"
          value={originals}
          choices={CHOICES}
          disabled={disabled}
          onPick={onOriginals}
        />
      )}
    </>
  );
}
