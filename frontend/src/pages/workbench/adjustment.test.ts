import { afterEach, expect, it } from "vitest";
import { adjust, adjustmentText, MOST, pictureFilter, unadjust } from "./adjustment";

afterEach(unadjust);

it("leaves a picture as it is without any filter", () => {
  expect([pictureFilter.value, adjustmentText.value]).toEqual(["", ""]);
});

it("says what is done to the picture, and undoes it", () => {
  adjust({ what: "brightness", by: 20 });
  expect(adjustmentText.value).toBe("Brightness +20 %");
  adjust({ what: "contrast", by: -10 });
  expect(adjustmentText.value).toBe("Brightness +20 %, contrast −10 %");
  expect(pictureFilter.value).toBe("brightness(120%) contrast(90%)");
  unadjust();
  expect(pictureFilter.value).toBe("");
});

it("stops where a picture would not get any brighter or darker", () => {
  for (let step = 0; step < 99; step += 1) adjust({ what: "brightness", by: 10 });
  expect(pictureFilter.value).toContain(`brightness(${100 + MOST}%)`);
  for (let step = 0; step < 99; step += 1) adjust({ what: "brightness", by: -10 });
  expect(pictureFilter.value).toContain("brightness(20%)");
});
