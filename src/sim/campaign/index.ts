export { NIGHTLY, type NightlyCampaign } from './nightly'
export { possibleCells, possibleDeeds, possibleProfiles } from './possible'
export { runSeed, type SeedOutcome } from './seed'
export { CampaignSummary, type CampaignReport, type CampaignViolation } from './summary'
