import cron from 'node-cron';

export interface Schedule {
  start(): void;
  stop(): Promise<void>;
}

/** Whether node-cron takes the expression: five fields, or six with seconds. */
export function isSchedule(expression: string): boolean {
  return cron.validate(expression);
}

/** node-cron prints what it wants to say on the console, in colours, past the log. There is nothing that we need of it. */
const SILENT = { info: silent, warn: silent, error: silent, debug: silent };

/**
 * Runs `work` at each tick of a node-cron expression; a tick that comes while the last is still at work is passed over.
 * `work` must not reject: nobody would hear of it.
 */
export function createSchedule(expression: string, work: () => Promise<void>): Schedule {
  const task = cron.createTask(expression, work, { noOverlap: true, logger: SILENT });
  return {
    start: () => void task.start(),
    stop: async () => {
      await task.destroy();
    },
  };
}

function silent(): void {
  // Deliberately nothing.
}
