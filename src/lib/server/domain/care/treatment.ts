/** In what a treatment can differ from what was prescribed and planned. The database compares: `treatment_deviations`. */
export const DEVIATION_WORDS = {
  over_dose: 'More units than prescribed',
  expired_batch: 'The batch had expired',
  unlisted_product: 'A product that is not licensed here',
  other_product: 'Another product than prescribed',
  other_region: 'A region that was not prescribed',
  stopped_half_way: 'Stopped before the end',
  other_vial: 'Another vial than planned',
  without_prescription: 'Without a prescription',
  quarantined_batch: 'The batch was put aside',
} as const;
export type DeviationKind = keyof typeof DEVIATION_WORDS;

/** What the injector writes at a treatment. What really happened can always be written down. */
export type TreatmentDraft = {
  /** NULL for a product that nobody here has listed; its name is then as it stands on the vial. */
  readonly productCode: string | null;
  readonly productName: string;
  readonly batch: string;
  readonly batchExpiresOn: string | null;
  readonly vialId: string | null;
  readonly diluentMl: number | null;
  readonly immediateReaction: string;
  readonly note: string;
  readonly endedAs: 'completed' | 'stopped';
  readonly points: readonly {
    readonly region: string;
    readonly side: string;
    readonly x: number;
    readonly y: number;
    readonly units: number;
  }[];
};

/** The aftercare sheet that goes with every treatment. A changed sheet is a new version. */
export const AFTERCARE_VERSION = '1';
