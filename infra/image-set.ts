/** The images as a resource: built once for each recipe, kept in the cache. */
import type * as pulumi from "@pulumi/pulumi";
import { declareAction, resultOf } from "./action.ts";
import { type ImageSet, imageSetSchema } from "./images/image-set.ts";
import { recipeDigest } from "./images/recipe.ts";
import type { Plan } from "./plan.ts";

/** Whether anything of the plan is made from the images. */
export function needsImages(plan: Plan): boolean {
  return (
    plan.fabric !== null ||
    plan.environments.some(({ kind }) => kind === "container") ||
    (plan.guests !== null && plan.guests.image === null)
  );
}

/** Declares the build of the images of node, container and guest. It is done again when a file of the recipe changes. */
export function declareImages(options: pulumi.CustomResourceOptions = {}): pulumi.Output<ImageSet> {
  const build = declareAction(
    "images",
    "infra/images/build.ts",
    { create: "build", triggers: [recipeDigest()] },
    options,
  );
  return resultOf(build, imageSetSchema);
}
