/**
 * The planner: from what a node is like now to who shall hold its adapter. Pure, and blind to how the node came to be as it is:
 * a switch that was broken off anywhere is finished by planning again.
 */
import { giveOut } from "./giving-out.ts";
import { Handover } from "./handover.ts";
import type { AdapterState, NodeState } from "./node-state.ts";
import { findRefusals } from "./refusals.ts";
import { StepPlan } from "./step-plan.ts";
import type { Step } from "./steps.ts";
import { takeBack } from "./taking-back.ts";
import { guestsInUse, type NodeTarget } from "./target.ts";

/** What is to be done; or why nothing may be, one sentence each. No steps: the node is as it shall be. */
export type Transition =
  | { readonly kind: "steps"; readonly steps: readonly Step[] }
  | { readonly kind: "refused"; readonly refusals: readonly string[] };

/** Plans the way of one node to its target. */
export function planTransition(observed: NodeState, target: NodeTarget): Transition {
  const { adapter } = observed;
  const steps = adapter === null ? [] : planSteps(observed, adapter, target);
  const refusals = findRefusals(observed, target, steps);
  return refusals.length > 0 ? { kind: "refused", refusals } : { kind: "steps", steps };
}

/** The one order that never has two owners: all that shall change hands comes back first, and only then is anything given out. */
function planSteps(observed: NodeState, adapter: AdapterState, target: NodeTarget): readonly Step[] {
  const handover = new Handover(observed, adapter, target);
  const plan = new StepPlan(observed.guests);
  const { cameBack } = takeBack(handover, plan);
  giveOut(handover, plan, { cameBack });
  settleIdleGuests(handover, plan);
  return plan.steps;
}

/** A guest that is off stays off: nobody needs it now, and to start it is the stack's to say. */
function settleIdleGuests({ observed, target }: Handover, plan: StepPlan): void {
  const used = guestsInUse(target);
  for (const { name } of observed.guests.filter((guest) => !used.includes(guest.name))) {
    const state = plan.stateOf(name);
    if (state === "running" && target.idleGuests === "paused") {
      plan.add({ kind: "pause-guest", guest: name });
    } else if (state === "paused" && target.idleGuests === "running") {
      plan.add({ kind: "resume-guest", guest: name });
    }
  }
}
