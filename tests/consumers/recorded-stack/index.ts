/** Exports the outputs that a file holds. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const file = new pulumi.Config().require("outputs");
export const { results, inventory } = JSON.parse(readFileSync(file, "utf8"));
