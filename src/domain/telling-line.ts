/** Bytes of either end of what a task wrote, in a snippet. */
const END = 40;
const CUT = "...";

/** A line of a snippet, as far as it is known. */
export interface SnippetLine {
  readonly text: string;
  /** Whether something may be missing in front of it. */
  readonly isCutBefore: boolean;
  /** Whether something may be missing behind it. */
  readonly isCutBehind: boolean;
}

/** Lines with which programs begin to tell, whatever it is: of Python, of its progress bars, and of curl's. */
const SAYS_NOTHING = [
  /^(?:Exception Group )?Traceback \(most recent call last\)/,
  /^.{0,40}?[0-9]+%\|/,
  /^% Total +% Received % Xferd/,
];

const HAS_WORDS = /[\p{L}\p{N}]/u;

/**
 * The line that tells best what went wrong: the first one with a letter or a digit; the last one where the first says nothing.
 * Undefined when there is none.
 *
 * @param snippet what the status file keeps of a task's standard error: see `Leak`.
 */
export function tellingLine(snippet: string): SnippetLine | undefined {
  let first: SnippetLine | undefined;
  let last: SnippetLine | undefined;
  for (const line of linesOf(snippet)) {
    if (!HAS_WORDS.test(line.text)) continue;
    if (first === undefined && !SAYS_NOTHING.some((pattern) => pattern.test(line.text))) return line;
    first ??= line;
    last = line;
  }
  return last;
}

function linesOf(snippet: string): SnippetLine[] {
  const cut = cutOf(snippet);
  if (cut < 0) return split(snippet, false, false);
  const head = snippet.slice(0, cut);
  const tail = snippet.slice(cut + CUT.length);
  // What is shorter than both ends together is all there, in two pieces.
  if (Buffer.byteLength(tail) < END) return split(head + tail, false, false);
  return [...split(head, false, true), ...split(tail, true, false)];
}

/** Where the snippet lacks what was in the middle; below 0 when it lacks nothing. */
function cutOf(snippet: string): number {
  if (snippet.length <= END) return -1;
  for (let at = snippet.indexOf(CUT); at >= 0 && at <= END; at = snippet.indexOf(CUT, at + 1)) {
    if (at === END || Buffer.byteLength(snippet.slice(0, at)) >= END) return at;
  }
  return -1;
}

function split(text: string, isCutBefore: boolean, isCutBehind: boolean): SnippetLine[] {
  const lines = text.split(/[\n\r]/);
  return lines.map((line, n) => ({
    text: line.trim(),
    isCutBefore: isCutBefore && n === 0,
    isCutBehind: isCutBehind && n === lines.length - 1,
  }));
}
