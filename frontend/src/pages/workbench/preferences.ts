/** Choices of this person on this device, for labelling. */
import { remembered } from "../../app/remembered";

/** Box first: the label is asked for after each box that is drawn. */
export const asksLabel = remembered("boxwright.asksLabel", false);

/** Zoom and place stay between images of the same size. */
export const keepsView = remembered("boxwright.keepsView", false);

/** In a classification project: on to the next image as soon as this one has its label. */
export const advances = remembered("boxwright.advances", true);

/** In per cent more or less than the picture has. */
export const brightness = remembered("boxwright.brightness", 0);
export const contrast = remembered("boxwright.contrast", 0);
