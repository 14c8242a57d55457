import { Icon } from "../ui/icons";
import { Menu, MenuItem } from "../ui/menu";

interface SaveMenuProps {
  title: string;
  asTable: boolean;
  onToggleTable: () => void;
  onSvg: () => void;
  onPng: () => void;
  onCsv: () => void;
}

/** What one can do with a plot besides looking at it. */
export function SaveMenu(props: SaveMenuProps) {
  const { asTable } = props;
  return (
    <Menu
      trigger={<Icon name="download" />}
      label={`${props.title}: save or show as table`}
      look="btn quiet icon sm"
      align="right"
    >
      <MenuItem icon={asTable ? "run" : "list"} onClick={props.onToggleTable}>
        {asTable ? "Show the plot" : "Show as table"}
      </MenuItem>
      <hr />
      <MenuItem icon="download" disabled={asTable} cost="SVG" onClick={props.onSvg}>
        Save drawing
      </MenuItem>
      <MenuItem icon="download" disabled={asTable} cost="PNG" onClick={props.onPng}>
        Save picture
      </MenuItem>
      <MenuItem icon="download" cost="CSV" onClick={props.onCsv}>
        Save numbers
      </MenuItem>
    </Menu>
  );
}
