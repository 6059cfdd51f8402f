/** The scripts of a launch's sides. */
import { scriptsBeside } from "../script-text.ts";

const textOf = scriptsBeside(import.meta.url);
const common = textOf("side.sh");

/** Starts the passive side and waits for its end. */
export const serverScript = common + textOf("server.sh");
/** Starts the active side once the passive one listens. */
export const clientScript = common + textOf("client.sh");
/** Ends what a launch left running. */
export const stopScript = textOf("stop.sh");
/** Starts the ranks of an MPI program from the side where its launcher runs. */
export const startScript = common + textOf("start.sh");
/** Runs what the launcher wants on another side. */
export const joinScript = common + textOf("join.sh");
