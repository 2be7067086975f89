import { useEffect, useState } from "preact/hooks";

/** The time by the clock of the browser, in milliseconds; the component is drawn again each second, while the page is seen. */
export function useNow(isTicking = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const tick = (): void => {
      if (!document.hidden) setNow(Date.now());
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [isTicking]);
  return isTicking ? Math.max(now, Date.now()) : now;
}
