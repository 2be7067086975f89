import { useEffect, useState } from "preact/hooks";

/** Whether the page has so many pixels at least. */
export function useIsWide(pixels: number): boolean {
  const [isWide, setWide] = useState(() => innerWidth >= pixels);
  useEffect(() => {
    const query = matchMedia(`(width >= ${pixels}px)`);
    const look = (): void => setWide(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, [pixels]);
  return isWide;
}
