// run runs the cases of a client in turn. The first that fails ends the process with exit code 1.
export async function run(cases) {
  for (const [name, test] of Object.entries(cases)) {
    try {
      await test();
    } catch (e) {
      console.error(`${name}: ${e.stack}`);
      process.exit(1);
    }
  }
  console.log(Object.keys(cases).length, "passed:", Object.keys(cases).join(" "));
}
