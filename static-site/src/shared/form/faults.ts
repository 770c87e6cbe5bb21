/** What the server found wrong, by the field it is about. Pure. */
import type { FieldFault } from '@/shared/api/problem';

export function faultsByPointer(faults: FieldFault[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { pointer, message } of faults) {
    // A fault inside a tag belongs to the one field that holds them all.
    const field = pointer.replace(/^\/tags\/\d+$/, '/tags');
    found.set(field, [...(found.get(field) ?? []), message]);
  }
  return found;
}
