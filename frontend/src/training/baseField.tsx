import { useState } from "preact/hooks";
import type { Base, BaseFile, Model } from "../api/types";
import { useProject } from "../app/project";
import { Confirm } from "../ui/confirm";
import { SelectField } from "../ui/field";
import { Icon } from "../ui/icons";
import { Menu, MenuItem } from "../ui/menu";
import { baseChoices, baseHint, baseOf, UPLOAD } from "./bases";
import { BaseUpload } from "./baseUpload";
import type { BaseFiles } from "./useBaseFiles";

interface BaseFieldProps {
  base: string;
  model: Model | undefined;
  bases: readonly Base[];
  files: BaseFiles;
  onBase: (base: string) => void;
}

/** What a run starts from: published weights, an earlier run, a file of one's own, or nothing. */
export function BaseField({ base, model, bases, files, onBase }: BaseFieldProps) {
  const { project } = useProject();
  const [leaving, setLeaving] = useState<BaseFile | null>(null);
  const file = files.list?.find((one) => baseOf(one) === base);
  return (
    <div class="stack">
      <div class="with-menu">
        <SelectField
          label="Start from"
          value={base}
          hint={baseHint(base, model, file)}
          {...baseChoices(model?.name, bases, files.list ?? [], project.value.id)}
          onPick={onBase}
        />
        {file && (
          <Menu trigger={<Icon name="dots" />} label="Change the file" look="btn quiet icon" align="right">
            <MenuItem danger onClick={() => setLeaving(file)}>
              Delete
            </MenuItem>
          </Menu>
        )}
      </div>
      {base === UPLOAD && <BaseUpload files={files} onAdded={(added) => onBase(baseOf(added))} />}
      {leaving && (
        <Confirm
          deed="Delete the file"
          close={() => setLeaving(null)}
          run={async () => {
            await files.remove(leaving);
            onBase("catalogue");
          }}
        >
          The whole team loses {leaving.name}. Runs that learned from it keep what they learned; one that
          failed before it began can't be resumed.
        </Confirm>
      )}
    </div>
  );
}
