import type { Hold } from '#lib/server/domain/booking/hold-slot.ts';

/** A hold on the wire; built by name, so that an answer sent again is the same byte for byte. */
export function holdBody(hold: Hold) {
  return {
    id: hold.id,
    state: 'held',
    practitioner: hold.practitioner,
    location: hold.location,
    start: hold.start,
    end: hold.end,
    expiresAt: hold.expiresAt,
    extensionsLeft: hold.extensionsLeft,
  };
}
