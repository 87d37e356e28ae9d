import { deepStrictEqual } from 'node:assert/strict';
import type { AsyncCommand } from 'fast-check';
import { FOLLOWS, type AppointmentState } from '#lib/server/domain/booking/appointment.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { databaseError } from '#lib/server/platform/db.ts';
import { begunTreatment } from './begun.ts';
import { missingLinks } from './chain.ts';
import { factsOf } from './facts.ts';
import { goOn } from './go-on.ts';
import { brokenRules, statesOf } from './invariants.ts';
import type { Rehearsal } from './one-connection.ts';
import type { Stage } from './stage.ts';
import { mustBeRecorded, verbs, type Try, type Verb } from './verbs.ts';

/** What the model knows of the real world: in which state every appointment is. */
export type Model = { states: Map<string, string> };
/** `main` is the patient whom most of a sequence is about. */
export type Real = { stage: Stage; rehearsal: Rehearsal; main: number; tally: Tally };
export type About = { patient: number | null; actor: number | null; variant: number };

/** What became of all sequences together. */
export class Tally {
  commands = 0;
  /** How often each command was done, and each refusal said. */
  readonly done = new Map<string, number>();
  readonly refused = new Map<string, number>();
  /** Treatments that began, by what they were, and what was told that had to be written down. */
  readonly begun = new Map<string, number>();
  readonly facts = new Map<string, number>();

  count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

/**
 * Somebody tries something. Whatever it is, afterwards every rule holds, what has begun has its whole chain, what must be
 * recorded is; and a refusal leaves every appointment as it was.
 */
export class Attempt implements AsyncCommand<Model, Real> {
  readonly verb: Verb | 'goOn';
  readonly about: About;

  constructor(verb: Verb | 'goOn', about: About) {
    this.verb = verb;
    this.about = about;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { stage, rehearsal, main, tally }: Real): Promise<void> {
    tally.commands += 1;
    const patient = stage.patients[this.about.patient ?? main]!;
    const look = () => rehearsal.asOwner((trx) => factsOf(trx, patient.id));
    const actor = this.about.actor === null ? null : stage.everybody[this.about.actor]!;
    const one: Try = { stage, rehearsal, patient, actor, facts: await look(), variant: this.about.variant };
    const isFact = this.verb !== 'goOn' && mustBeRecorded[this.verb]?.(one) === true;

    const refusal = await this.#tried(one, look, tally);
    if (isFact) {
      tally.count(tally.facts, this.verb);
      deepStrictEqual(refusal, undefined, `${this.verb} is a fact, and was refused`);
    }
    // Several steps may have been taken before one was refused.
    const isUnchanged = refusal !== undefined && this.verb !== 'goOn';
    const { states, broken } = await rehearsal.asOwner(async (trx) => ({
      states: await statesOf(trx),
      broken: isUnchanged ? [] : await brokenRules(trx),
    }));
    deepStrictEqual(broken, []);
    if (isUnchanged) deepStrictEqual(states, model.states);
    for (const [id, state] of states) {
      const before = model.states.get(id);
      if (before === undefined || before === state) continue;
      deepStrictEqual(pathsFrom(before).includes(state), true, `${before} cannot become ${state}`);
      if (state === 'started') await this.#judge(id, rehearsal, tally);
    }
    model.states = states;
  }

  async #tried(one: Try, look: () => Promise<Try['facts']>, tally: Tally): Promise<string | undefined> {
    const wasDone = (verb: Verb) => tally.count(tally.done, verb);
    try {
      if (this.verb === 'goOn') await goOn(one, look, wasDone);
      else await verbs[this.verb](one).then(() => wasDone(this.verb as Verb));
      return undefined;
    } catch (error) {
      const refusal = isRefusal(error) ? error.code : this.#saidByDatabase(error);
      if (refusal === undefined) throw error;
      tally.count(tally.refused, refusal);
      return refusal;
    }
  }

  /** What goes past the commands meets guards that have no words for people. */
  #saidByDatabase(error: unknown): string | undefined {
    const isPast = this.verb.startsWith('forge') || this.verb === 'reinstate';
    const said = isPast ? databaseError(error) : undefined;
    return said && /^(23|42501)/.test(said.code) ? `guard ${said.constraint ?? said.code}` : undefined;
  }

  async #judge(id: string, rehearsal: Rehearsal, tally: Tally): Promise<void> {
    const begun = await rehearsal.asOwner((trx) => begunTreatment(trx, id));
    if (begun === null) return;
    deepStrictEqual(
      missingLinks(begun),
      [],
      `a treatment has begun without its chain: ${JSON.stringify(begun)}`,
    );
    tally.count(tally.begun, kindOf(begun));
    if (begun.injector.id !== begun.seenBy!.id) tally.count(tally.begun, 'by somebody supervised');
  }

  toString(): string {
    const { patient, actor, variant } = this.about;
    return `${this.verb}(patient ${patient ?? 'main'}, by ${actor ?? 'whose it is'}, ${variant})`;
  }
}

/** First or changed, the same again within the time to think, a top-up, or early by the prescriber's word. */
function kindOf(begun: NonNullable<Awaited<ReturnType<typeof begunTreatment>>>): string {
  if (begun.topUpOf !== null) return 'top-up';
  if (begun.override !== null) return 'early, by override';
  const thought = begun.at - begun.record!.signedAt;
  return thought < 48 * 3_600 ? 'the same again' : 'first or changed';
}

/** Every state that can follow, at once or later: one command may take two steps. */
function pathsFrom(state: string): string[] {
  const next: readonly string[] = FOLLOWS[state as AppointmentState];
  return [
    ...next,
    ...next.flatMap((follower) => (follower === 'confirmed' ? FOLLOWS.confirmed : pathsFrom(follower))),
  ];
}
