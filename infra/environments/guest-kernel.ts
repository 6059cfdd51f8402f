/** How the project's own guest is booted: its kernel directly by QEMU, without firmware or boot loader. */

/**
 * The kernel command line. The initrd finds the root by its label and starts its init. But for the console everything here leaves
 * out what costs time under emulation, and what protects nothing in a guest that only its node can reach.
 */
export const guestKernelArguments: readonly string[] = [
  "console=ttyS0",
  "quiet",
  "net.ifnames=0",
  "tsc=reliable",
  "mitigations=off",
  "nokaslr",
  "no_timer_check",
  "cryptomgr.notests",
  "audit=0",
  "apparmor=0",
  "lsm=capability",
  "init_on_alloc=0",
  "random.trust_cpu=on",
  "nowatchdog",
  "rcupdate.rcu_expedited=1",
  "pci=noaer",
  "8250.nr_uarts=1",
];

/**
 * The same for the provider's `cmdlines`: one map of the arguments with values, one with the others under `_`. In any other form
 * the provider would read back something else than it was given, and make the guest anew at each deployment.
 */
export function kernelCommandLine(kernelArguments: readonly string[]): Record<string, string>[] {
  const pairs = kernelArguments.map((argument): [string, string | undefined] => {
    const equals = argument.indexOf("=");
    return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  return [
    Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined)),
    {
      _: pairs
        .filter(([, value]) => value === undefined)
        .map(([name]) => name)
        .join(" "),
    },
  ];
}
