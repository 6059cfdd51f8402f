/** Something the user can mend: shown as its sentence alone, without a stack trace. */
export class SetupFailure extends Error {
  override name = "SetupFailure";
}
