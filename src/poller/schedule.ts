import cron from 'node-cron';

export interface Schedule {
  start(): void;
  stop(): Promise<void>;
}

/** Whether node-cron takes the expression: five fields, or six with seconds. */
export function isSchedule(expression: string): boolean {
  return cron.validate(expression);
}

/** Runs `work` at each tick of a node-cron expression; a tick that comes while the last is still at work is passed over. */
export function createSchedule(expression: string, work: () => Promise<void>): Schedule {
  const task = cron.createTask(expression, work, { noOverlap: true });
  return {
    start: () => void task.start(),
    stop: async () => {
      await task.destroy();
    },
  };
}
