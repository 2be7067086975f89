/** The address of the page is its state: whoever is sent it sees the same. */

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { changedParams, type Params, queryText } from "./route.ts";

const MOVED = "page-moved";

/** Where the page is. */
export interface PageLocation {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Goes to another address of this page. `replace`: without a step to go back by, for what changes with each key. Another path is another page: it
 * is seen from its top, and keys go to it.
 */
export function go(path: string, params: Params = {}, { replace = false } = {}): void {
  const target = path + queryText(params);
  if (target === location.pathname + location.search) return;
  const before = location.pathname;
  if (replace) history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  dispatchEvent(new Event(MOVED));
  if (replace || location.pathname === before) return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
}

/** Where the page is; components that ask are drawn again when it moves. */
export function useLocation(): PageLocation {
  const [href, setHref] = useState(() => location.pathname + location.search);
  useEffect(() => {
    const look = (): void => setHref(location.pathname + location.search);
    addEventListener("popstate", look);
    addEventListener(MOVED, look);
    look();
    return () => {
      removeEventListener("popstate", look);
      removeEventListener(MOVED, look);
    };
  }, []);
  return useMemo(() => {
    const [path = "/", search = ""] = href.split("?", 2);
    return { path, query: new URLSearchParams(search) };
  }, [href]);
}

/** Parameters of the address, and how to change some of them: undefined or empty takes one away. */
export function useParams(): readonly [
  query: URLSearchParams,
  change: (changes: Params, how?: { readonly replace?: boolean }) => void,
] {
  const { path, query } = useLocation();
  const change = useCallback(
    (changes: Params, how?: { readonly replace?: boolean }) =>
      go(path, changedParams(new URLSearchParams(location.search), changes), how),
    [path],
  );
  return [query, change];
}

/** Has links to this page lead there without loading it anew. Links stay links: they can be copied, and opened in a tab. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!isPlain || event.defaultPrevented || !(event.target instanceof Element)) return;
    const link = event.target.closest("a");
    if (link === null || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download")) return;
    if (link.pathname.startsWith("/api/") || link.hash !== "") return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
