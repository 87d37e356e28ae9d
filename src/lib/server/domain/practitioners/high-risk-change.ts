/** What was checked of somebody, and changes by two reviewers. The table `high_risk_change` knows the same four. */
export type HighRiskKind = 'name' | 'profession' | 'practising_since' | 'address';
