import { instantOf, offsetOf } from '../../src/engine/calendar/zone.js';
import { MINUTE, SECOND } from '../../src/domain/time.js';

const LOCAL = /^(?<date>\d{4}-\d\d-\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)$/u;
const OFFSET = /^(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)?$/u;

/** An instant as seen at an offset from UTC, with the methods of a moment that the holiday library calls. */
class Moment {
  constructor(
    private readonly at: number,
    private readonly offset: number,
  ) {}

  private get local(): Date {
    return new Date(this.at + this.offset);
  }

  tz(zone: string): Moment {
    return new Moment(this.at, offsetOf(zone, this.at));
  }

  utcOffset(offset: string): Moment {
    const { sign, hours = '0', minutes = '0' } = OFFSET.exec(offset)?.groups ?? {};
    const size = (Number(hours) * 60 + Number(minutes)) * MINUTE;
    return new Moment(this.at, sign === '-' ? -size : size);
  }

  year(): number {
    return this.local.getUTCFullYear();
  }

  month(): number {
    return this.local.getUTCMonth();
  }

  date(): number {
    return this.local.getUTCDate();
  }

  hours(): number {
    return this.local.getUTCHours();
  }

  minutes(): number {
    return this.local.getUTCMinutes();
  }

  seconds(): number {
    return this.local.getUTCSeconds();
  }

  format(): string {
    return new Date(this.at).toISOString();
  }
}

/**
 * Stand-in for `moment-timezone` in the bundle: the holiday library needs eight of its methods, and the package carries
 * a time zone database of 0.7 MB that Node has as well. A test compares the holidays of both.
 */
export default function moment(at: string): Moment {
  return new Moment(Date.parse(at), 0);
}

moment.tz = (at: string | Date, zone: string): Moment => {
  const known = typeof at === 'string' ? instantIn(at, zone) : at.getTime();
  return new Moment(known, offsetOf(zone, known));
};

function instantIn(text: string, zone: string): number {
  const { date, hour, minute, second } = LOCAL.exec(text)?.groups ?? {};
  if (date === undefined) throw new RangeError(`not a local time: ${text}`);
  return instantOf(zone, date, Number(hour) * 60 + Number(minute), 'earlier') + Number(second) * SECOND;
}
