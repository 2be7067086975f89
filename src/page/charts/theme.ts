import { useEffect, useState } from "preact/hooks";
import { type Rgb, rgbOf } from "./colours.ts";

const DARK = "(prefers-color-scheme: dark)";

/** Whether the page is dark; components that ask are drawn again when that changes. */
export function useTheme(): "light" | "dark" {
  const [isDark, setDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const query = matchMedia(DARK);
    const look = (): void => setDark(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return isDark ? "dark" : "light";
}

/** The value of a custom property now: `--good-fill`. */
export function cssValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function cssRgb(name: string): Rgb {
  return rgbOf(cssValue(name));
}
