import { LABEL_COLORS, LabelDot } from "./label";
import { Menu, MenuChoice } from "./menu";

const NAMES = "violet amber ice straw rust teal mint lavender lilac sage celadon orchid".split(" ");

interface ColorPickerProps {
  color: string;
  /** The line that tells it from labels of the same colour. */
  pattern: number | undefined;
  onPick: (color: string) => void;
  disabled?: boolean;
}

/** The colours that everyone tells apart, and any other. */
export function ColorPicker({ color, pattern, onPick, disabled = false }: ColorPickerProps) {
  if (disabled) return <LabelDot color={color} pattern={pattern} />;
  return (
    <Menu
      trigger={<LabelDot color={color} pattern={pattern} />}
      label={`Colour ${nameOf(color)}: change`}
      look="btn quiet icon"
    >
      {LABEL_COLORS.map((option, index) => (
        <MenuChoice key={option} checked={option === color.toUpperCase()} onClick={() => onPick(option)}>
          <LabelDot color={option} /> {NAMES[index]}
        </MenuChoice>
      ))}
      <hr />
      <label class="color-other">
        <input
          type="color"
          value={color}
          onChange={(event) => onPick(event.currentTarget.value.toUpperCase())}
        />
        Another colour
      </label>
    </Menu>
  );
}

function nameOf(color: string): string {
  return NAMES[LABEL_COLORS.indexOf(color.toUpperCase())] ?? color;
}
