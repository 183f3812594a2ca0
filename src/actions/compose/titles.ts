/** Titles that precede a name, in the languages of the sandbox, without their full stop. */
const TITLES: ReadonlySet<string> = new Set(
  [
    'mr mrs ms miss mx sir madam madame dame lord lady rev fr prof professor doctor dr capt captain col sgt lt hon',
    'herr frau hr fr dipl ing mag med phil jur dr.med dr.phil dr.-ing dipl.-ing',
    'mme mlle mademoiselle monsieur docteur maître',
    'sr sra srta don doña señor señora señorita lic dra ing arq',
    'senhor senhora dona profª profa eng',
    'sig sig.ra dott dott.ssa signor signora avv',
    'dhr mevr mw drs ir',
    'г-н г-жа господин госпожа д-р',
    'السيد السيدة الأستاذ الدكتور د م أ',
    'श्री श्रीमती सुश्री डॉ',
    'bay bayan sayın',
    'bapak ibu pak bu haji hj',
    'ông bà anh chị',
    'คุณ นาย นาง นางสาว',
  ].flatMap((titles) => titles.split(' ')),
);

/** True for `Dr.`, `Frau` and `Prof`; false for `J.`, the start of a name. */
export function isTitle(word: string): boolean {
  return TITLES.has(word.toLowerCase().replace(/\.+$/u, ''));
}
