import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LiveRun } from "../api/live-run.ts";
import { Dialog } from "../parts/confirm.tsx";
import { go } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { pagesOf } from "./navigation.tsx";

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["1", "6"], "go to a page of the run, from Run to Graph"],
  [["/"], "go to the filter"],
  [["j", "k"], "the next and the one before, in a table; arrows, Page up, Page down, Home and End too"],
  [["Enter"], "open the chosen row of a table"],
  [["Esc"], "close a window, leave a filter"],
  [["?"], "this list"],
];

/** Listens to keys that hold everywhere, and lists them. */
export function Keys({ run }: { readonly run: LiveRun | undefined }): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { key, target } = event;
      const isTyping =
        target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
      if (isTyping) {
        if (key === "Escape" && target instanceof HTMLElement) target.blur();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null) return;
      if (key === "?") setOpen(true);
      else if (key === "/") focusFilter(event);
      else if (run !== undefined && /^[1-9]$/.test(key)) {
        const page = pagesOf(run)[Number(key) - 1];
        if (page !== undefined) go(pathTo(run.id, page.page));
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [run]);
  if (!isOpen) return null;
  return (
    <Dialog title="Keys" close={() => setOpen(false)}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key, i) => (
                <span key={key}>
                  {i > 0 && (keys[0] === "1" ? " to " : " ")}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-buttons">
        <button type="button" onClick={() => setOpen(false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

/** Filters say so: `data-filter`. */
function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>("[data-filter]");
  if (filter === null) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}
