/**
 * Whether the whole text matches a pattern in which `*` stands for anything and `?` for one character: OpenSSH's PATTERNS.
 * Letters count as they are. Takes at most the product of both lengths, whatever the pattern.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  // Where to go on when the pattern fits no further: the last `*` takes one character more.
  let star = -1;
  let taken = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      taken = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star === -1) {
      return false;
    } else {
      p = star + 1;
      t = ++taken;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
