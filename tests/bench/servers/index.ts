/** Servers on a lease and nothing else: to see whether they are waited for at the same time. */
import * as pulumi from "@pulumi/pulumi";
import { LeasedServer } from "../../../infra/nodes/cloud-resources.ts";

const count = new pulumi.Config().requireNumber("count");

export const servers = Array.from({ length: count }, (_, index) => {
  const name = `n${index + 1}`;
  const args = {
    name,
    imageId: "image-1",
    flavourId: "flavour-1",
    keyPair: "bench",
    portId: `port-${index + 1}`,
  };
  return new LeasedServer(name, {
    ...args,
    reservationId: "reservation-1",
    metadata: {},
    userData: "#cloud-config\n",
  }).id;
});
