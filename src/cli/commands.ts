import type { CommandName } from "./command-names.ts";
import type { DescribeCommand, UserCommand } from "./user-command.ts";

/** The commands. Each is loaded when it is wanted: what a run does not need is not to make its start slower. */
export const COMMANDS: Readonly<Record<CommandName, () => Promise<UserCommand>>> = {
  run: async () => {
    const [{ describeRun }, { startRun }] = await Promise.all([import("./options.ts"), import("./run.ts")]);
    return { describe: describeRun, start: startRun };
  },
  each: async () => {
    const [{ describeEach }, { startEach }] = await Promise.all([import("./options.ts"), import("./run.ts")]);
    return { describe: describeEach, start: startEach };
  },
  recover: async () => {
    const { describeRecover, startRecover } = await import("./recover.ts");
    return { describe: describeRecover, start: startRecover };
  },
  retry: async () => {
    const [{ describeRetry }, { startRetry }] = await Promise.all([import("./options.ts"), import("./retry.ts")]);
    return { describe: describeRetry, start: startRetry };
  },
  mark: async () => {
    const { describeMark, startMark } = await import("./mark.ts");
    return { describe: describeMark, start: startMark };
  },
  validate: async () => {
    const { describeValidate, startValidate } = await import("./validate.ts");
    return { describe: describeValidate, start: startValidate };
  },
  graph: async () => {
    const { describeGraph, startGraph } = await import("./graph.ts");
    return { describe: describeGraph, start: startGraph };
  },
  plan: async () => {
    const { describePlan, startPlan } = await import("./plan.ts");
    return { describe: describePlan, start: startPlan };
  },
  import: async () => {
    const { describeImport, startImport } = await import("./import.ts");
    return { describe: describeImport, start: startImport };
  },
  diff: async () => {
    const { describeDiff, startDiff } = await import("./diff.ts");
    return { describe: describeDiff, start: startDiff };
  },
  schema: async () => {
    const { describeSchema, startSchema } = await import("./schema.ts");
    return { describe: describeSchema, start: startSchema };
  },
  submit: async () => {
    const { describeSubmit, startSubmit } = await import("./submit.ts");
    return { describe: describeSubmit, start: startSubmit };
  },
  wait: async () => {
    const { describeWait, startWait } = await import("./wait.ts");
    return { describe: describeWait, start: startWait };
  },
  status: async () => {
    const { describeStatus, startStatus } = await import("./status.ts");
    return { describe: describeStatus, start: startStatus };
  },
  monitor: async () => {
    const { describeMonitor, startMonitor } = await import("./monitor.ts");
    return { describe: describeMonitor, start: startMonitor };
  },
  web: async () => {
    const { describeWeb, startWeb } = await import("./web.ts");
    return { describe: describeWeb, start: startWeb };
  },
  report: async () => {
    const { describeReport, startReport } = await import("./report.ts");
    return { describe: describeReport, start: startReport };
  },
  output: async () => {
    const { describeOutput, startOutput } = await import("./output.ts");
    return { describe: describeOutput, start: startOutput };
  },
  explain: async () => {
    const { describeExplain, startExplain } = await import("./explain.ts");
    return { describe: describeExplain, start: startExplain };
  },
  lineage: async () => {
    const { describeLineage, startLineage } = await import("./lineage.ts");
    return { describe: describeLineage, start: startLineage };
  },
  runs: async () => {
    const { describeRuns, startRuns } = await import("./runs.ts");
    return { describe: describeRuns, start: startRuns };
  },
  kvs: async () => {
    const { describeKvs, startKvs } = await import("./kvs.ts");
    return { describe: describeKvs, start: startKvs };
  },
  completion: async () => {
    const { describeCompletion, startCompletion } = await import("./completion.ts");
    return { describe: describeCompletion, start: (program) => startCompletion(program, describeCommandOf) };
  },
  help: async () => {
    const { describeHelp, startHelp } = await import("./help.ts");
    return { describe: describeHelp, start: (program) => startHelp(program, describeCommandOf) };
  },
};

/** The operands and options of a command. */
export const describeCommandOf: DescribeCommand = async (name, version) => {
  const { describe } = await COMMANDS[name]();
  return describe(version);
};
