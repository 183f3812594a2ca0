import { formatDuration } from '../../domain/time.js';
import type { Guard } from './guard.js';

/**
 * Objects if one of Blotato's own automations just replied: a second automatic reply would confuse the contact,
 * and the automation may have further steps.
 */
export const otherAutomation: Guard = {
  name: 'no other automation',
  onlyAutomatic: true,
  passes: true,
  ask(_subject, { lastAutomationAt = null, humanEndedAt, now }, { automationPause }) {
    if (lastAutomationAt === null || lastAutomationAt + automationPause <= now) return null;
    if (lastAutomationAt <= (humanEndedAt ?? -Infinity)) return null;
    const ago = formatDuration(Math.max(0, now - lastAutomationAt));
    return {
      reason: 'other_automation',
      note: `an automation of Blotato wrote ${ago} ago; silent for ${formatDuration(automationPause)}`,
    };
  },
};
