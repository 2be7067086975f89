import { cssRgb, cssValue } from "../charts/theme.ts";
import { type CellColours, paletteOf } from "./cells.ts";

/** Colours of the slots picture in the theme of now. */
export interface SlotsColours {
  readonly palette: Uint32Array;
  readonly back: string;
  readonly line: string;
  readonly text: string;
  readonly dim: string;
  readonly gap: string;
  readonly gapText: string;
  readonly mark: string;
  readonly font: string;
}

export function slotsColours(): SlotsColours {
  const cells: CellColours = {
    none: cssRgb("--panel"),
    idle: cssRgb("--cell-idle"),
    succeeded: cssRgb("--cell-succeeded"),
    failed: cssRgb("--cell-failed"),
    running: cssRgb("--cell-running"),
    cut: cssRgb("--cell-cut"),
  };
  return {
    palette: paletteOf(cells),
    back: cssValue("--panel"),
    line: cssValue("--line"),
    text: cssValue("--text"),
    dim: cssValue("--dim"),
    gap: cssValue("--warn-soft"),
    gapText: cssValue("--warn"),
    mark: cssValue("--text"),
    font: cssValue("--font"),
  };
}
