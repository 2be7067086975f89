/** Colours as pictures need them: CSS names them, canvases want bytes. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** `#rgb` or `#rrggbb`; anything else is grey, since a picture in grey is better than none. */
export function rgbOf(text: string): Rgb {
  const hex = text.trim().replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, "#$1$1$2$2$3$3");
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return [128, 128, 128];
  const all = Number.parseInt(hex.slice(1), 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}

/** A colour between two: 0 is the first, 1 the second. */
export function mix(first: Rgb, second: Rgb, share: number): Rgb {
  const between = (a: number, b: number): number => Math.round(a + (b - a) * share);
  return [between(first[0], second[0]), between(first[1], second[1]), between(first[2], second[2])];
}

/** A pixel of ImageData as one number, on machines that put the lowest byte first: all that browsers run on do. */
export function pixelOf([red, green, blue]: Rgb, alpha = 255): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour for CSS, with an opacity from 0 to 1. */
export function cssColour([red, green, blue]: Rgb, opacity = 1): string {
  return `rgb(${red} ${green} ${blue} / ${Math.round(opacity * 100)}%)`;
}
