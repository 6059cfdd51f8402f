/** Which figure of the paper shows which benchmarks, and what there is besides. */
import { catalogue } from "../../catalogue/catalogue.ts";

export interface FigurePlan {
  /** Its anchor in the page. */
  readonly id: string;
  /** As in "Figure 4". */
  readonly name: string;
  readonly title: string;
  /** The benchmarks' families. */
  readonly families: readonly string[];
  /** What the reader should know besides. */
  readonly remark: string | null;
}

/** What is read from LAMMPS' outputs beside its time. */
export const communicationFamily = "lammps-communication";

/** In the order of the paper. What it has no figure for comes last. */
export const figurePlans: readonly FigurePlan[] = [
  {
    id: "figure-4",
    name: "Figure 4",
    title: "Verbs: send, RDMA write and RDMA read",
    families: ["verbs"],
    remark: null,
  },
  {
    id: "figure-5",
    name: "Figure 5",
    title: "MPI point to point, two-sided",
    families: ["mpi-point-to-point"],
    remark: null,
  },
  {
    id: "figure-6",
    name: "Figure 6",
    title: "MPI point to point, one-sided",
    families: ["mpi-one-sided"],
    remark: null,
  },
  {
    id: "figure-7",
    name: "Figure 7",
    title: "MPI collectives",
    families: ["mpi-collective"],
    remark: null,
  },
  {
    id: "figure-8",
    name: "Figure 8",
    title: "Applications",
    families: ["graph500", "spec-mpi2007", "nas", "lammps"],
    remark:
      "The paper has SPEC MPI2007 here too; it is licensed, so that a suite which installs itself can't have it.",
  },
  {
    id: "figure-9",
    name: "Figure 9",
    title: "LAMMPS: time in communication",
    families: [communicationFamily],
    remark:
      "The paper gives this number in words only (section IV.E); it is the mean over the processes of one launch.",
  },
  {
    id: "figure-10",
    name: "Figure 10",
    title: "Shared memory between guests of one node",
    families: ["shared-memory"],
    remark: "The paper has no figure of it.",
  },
];

/** The benchmarks of this suite that a figure could show, in the order of its panels. */
export function plannedBenchmarks({ families }: FigurePlan): readonly { name: string; title: string }[] {
  return catalogue.filter(({ family }) => families.includes(family));
}
