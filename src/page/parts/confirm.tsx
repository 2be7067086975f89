import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

/** A window in front of the page; Escape closes it. */
export function Dialog({
  title,
  children,
  close,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly close: () => void;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  /** What comes of it. */
  readonly children: ComponentChildren;
  /** What the button says: what is done, not `OK`. */
  readonly verb: string;
  /** Does it. @returns what has been done, in words. */
  readonly act: () => Promise<string>;
  readonly close: () => void;
}

/** Asks before something is done that cannot be undone, and says what has been done. */
export function ConfirmDialog({ title, children, verb, act, close }: ConfirmProps): JSX.Element {
  const [state, setState] = useState<"asking" | "acting" | { readonly done: string } | { readonly failed: string }>(
    "asking",
  );
  const isSettled = typeof state === "object" && "done" in state;
  const run = (): void => {
    setState("acting");
    act().then(
      (done) => setState({ done }),
      (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) }),
    );
  };
  return (
    <Dialog title={title} close={close}>
      {!isSettled && <div class="dialog-text">{children}</div>}
      {typeof state === "object" && (
        <p role="status" class={`dialog-text tone-${isSettled ? "good" : "bad"}`}>
          <span aria-hidden="true">{isSettled ? "✔" : "✗"}</span> {"done" in state ? state.done : state.failed}
        </p>
      )}
      <div class="dialog-buttons">
        <button type="button" onClick={close}>
          {isSettled ? "Close" : "Cancel"}
        </button>
        {!isSettled && (
          <button type="button" class="danger" onClick={run} disabled={state === "acting"}>
            {state === "acting" ? "Asking the run..." : verb}
          </button>
        )}
      </div>
    </Dialog>
  );
}
