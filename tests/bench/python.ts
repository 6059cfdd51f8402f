/** The Python that rows with Python programs beside ours use. */
import { execa } from "execa";

/** Another python3 than the path's, such as that of a virtual environment. */
const variable = "TESTBED_PYTHON";

/** The Python that has a module, or why there is none, with what to do. */
export async function pythonWith(
  module: string,
  requirement: string,
): Promise<{ readonly python: string } | { readonly notMeasured: string }> {
  const python = process.env[variable] ?? "python3";
  const found = await execa(python, ["-c", `import ${module}`], { reject: false });
  if (!found.failed) return { python };
  const advice = `pip install ${requirement} in a virtual environment and name its python in ${variable}`;
  return { notMeasured: `not measured: ${python} has no ${module}; ${advice}` };
}
