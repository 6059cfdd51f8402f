/**
 * The program of a stack as far as a control plane alone carries it: what every stack of leased nodes begins with, up to the way
 * to each node. The servers of the small OpenStack are no machines, so nothing here logs in to them.
 */
import * as pulumi from "@pulumi/pulumi";
import { declareLeasedNodes } from "../../infra/nodes/chameleon.ts";
import { thisMachine } from "../../infra/nodes/preflight.ts";
import { readPlan } from "../../infra/read-plan.ts";

const plan = readPlan();
if (plan.lease === null) throw new Error("the configuration is for leased nodes");
const folders = new pulumi.ComponentResource("testbed:tests:Folders", "folders");
const leased = declareLeasedNodes(plan, plan.lease, folders, thisMachine);

export const lease = leased.lease;
export const nodes = pulumi.all(
  [...leased.machines].map(([name, { connection, generation }]) =>
    pulumi.output({ name, connection, generation }),
  ),
);
