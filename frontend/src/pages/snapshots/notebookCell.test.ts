import { describe, expect, it } from "vitest";
import { linkHere, notebookCell } from "./notebookCell";

const LINK = { url: "https://box.example/api/v1/x/?signature=a:b-c", expires: "2026-11-22T05:20:01.123456Z" };

describe("a notebook's cell", () => {
  const text = notebookCell(LINK, "cars-v1-voc");

  it("names the link, its end and the folder", () => {
    expect(text).toContain(`LINK = "${LINK.url}"  # ends at 2026-11-22T05:20 UTC`);
    expect(text).toContain('FOLDER = Path("cars-v1-voc")');
  });

  it("leaves Python's own braces alone", () => {
    expect(text).toContain('f"bytes={have}-"');
    expect(text).not.toMatch(/"\{(link|expires|name)\}"/);
  });
});

it("a link leads to the address that the browser knows", () => {
  expect(linkHere("http://web:8000/api/v1/x/?signature=a", "https://box.example")).toBe(
    "https://box.example/api/v1/x/?signature=a",
  );
});
