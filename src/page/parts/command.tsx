import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../domain/printable.ts";

/** A command line to be copied, and what it is for. */
export function CopyCommand({
  command,
  purpose,
}: {
  readonly command: string;
  readonly purpose?: string | undefined;
}): JSX.Element {
  return (
    <div class="command">
      {purpose !== undefined && <span class="command-purpose">{purpose}</span>}
      <div class="command-line">
        <code tabIndex={0}>{printable(command)}</code>
        <CopyButton text={command} what={purpose ?? "the command"} />
      </div>
    </div>
  );
}

/** Copies a text and says so. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const [said, setSaid] = useState<"" | "Copied" | "Select and copy it">("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Select and copy it");
    }
    setTimeout(() => setSaid(""), 2500);
  };
  return (
    <button type="button" class="small" onClick={() => void copy()} aria-label={said === "" ? `Copy: ${what}` : said}>
      {said === "" ? "Copy" : said}
    </button>
  );
}
