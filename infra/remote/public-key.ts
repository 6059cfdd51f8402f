/** Public keys as text. Pure. */

/** A public key is pinned by its type and its text; the comment is nobody's proof. */
export function withoutComment(publicKey: string): string {
  return publicKey.trim().split(" ").slice(0, 2).join(" ");
}
