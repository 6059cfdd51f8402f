/** What can be done to a host, as plain data: settings say what is to be done, apply.sh does it in one round trip. */

export type Operation =
  /** One value into a kernel file. */
  | { readonly kind: "write"; readonly path: string; readonly value: string }
  /** A whole file: written beside, synced, renamed over. `mode` in octal, as in "0644". */
  | { readonly kind: "install"; readonly path: string; readonly mode: string; readonly content: string }
  /** A file that may be there goes. */
  | { readonly kind: "remove"; readonly path: string }
  /** A folder goes, and its parents, as far as they are empty. */
  | { readonly kind: "rmdir"; readonly path: string }
  | {
      readonly kind: "run";
      readonly command: readonly string[];
      /** What it may take beyond the time that any batch of operations has. */
      readonly additionalSeconds?: number;
    };

/** The words by which apply.sh is told of an operation. */
export function operationWords(operation: Operation): string[] {
  switch (operation.kind) {
    case "write":
      return ["write", operation.path, operation.value];
    case "install":
      return ["install", operation.path, operation.mode, operation.content];
    case "remove":
    case "rmdir":
      return [operation.kind, operation.path];
    case "run":
      return ["run", String(operation.command.length), ...operation.command];
  }
}

/** What operations may take together beyond the time that any batch has. */
export function additionalSeconds(operations: readonly Operation[]): number {
  return operations.reduce((sum, one) => sum + (one.kind === "run" ? (one.additionalSeconds ?? 0) : 0), 0);
}

/** For errors: which operation it was, without what it would have written. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case "write":
      return `writing ${operation.value} to ${operation.path}`;
    case "install":
      return `installing ${operation.path}`;
    case "remove":
    case "rmdir":
      return `removing ${operation.path}`;
    case "run":
      return `the command "${operation.command.join(" ")}"`;
  }
}
