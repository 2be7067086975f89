import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits that nobody can guess, as 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Shows that somebody who has the token has written a text: HMAC with SHA-256, in base64url. */
export function sealOf(token: string, text: string): string {
  return createHmac("sha256", token).update(text).digest("base64url");
}

/** Whether two texts are the same. How long it takes tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** A server that is asked to prove itself: the caller's challenge, in a header of that name. */
export const CHALLENGE_HEADER = "disbatch-challenge";
/** What the server answers in a header of that name. */
export const PROOF_HEADER = "disbatch-proof";

/**
 * Shows that somebody has the token, without giving it away: a program asks for it before it sends the token to a port that
 * may be another user's by now.
 */
export function proofOf(token: string, challenge: string): string {
  return sealOf(token, `disbatch web ${challenge}`);
}

/** Whether a challenge is one that is answered. */
export function isChallenge(text: string): boolean {
  return /^[A-Za-z0-9_-]{16,64}$/.test(text);
}
