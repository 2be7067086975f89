/** A word of fewer letters begins too many others. */
const LEAST_BEGINNING = 3;

/**
 * The one of `words` that was probably meant: one that the word starts with, or the nearest that is at most two letters away from it,
 * and has a letter of it in its place.
 */
export function similarWord(word: string, words: readonly string[]): string | undefined {
  const typed = word.toUpperCase();
  return words.find((known) => known.length >= LEAST_BEGINNING && typed.startsWith(known)) ?? nearestOf(typed, words);
}

function nearestOf(typed: string, words: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = 3;
  for (const known of words) {
    const distance = editDistance(typed, known);
    if (distance < least && distance < Math.max(typed.length, known.length)) [nearest, least] = [known, distance];
  }
  return nearest;
}

/** Levenshtein distance: letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return Infinity;
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
