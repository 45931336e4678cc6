/** `--nightly`: the list of campaigns of each protocol, with one ledger over all of them. */
import type { ProtocolName } from '../../../core/machine'
import { CampaignSummary, NIGHTLY, type CampaignReport, type Profile } from '../../../sim'
import type { NotShrunk, Shrunk } from './jobs'
import { runCampaign, type SimHost, type SimOptions } from './run'

export interface NightlyOptions extends Omit<SimOptions, 'protocol' | 'seeds' | 'profile'> {
  readonly protocols: readonly ProtocolName[]
  /** Of each campaign at most; null: as many as the list says. */
  readonly seedsMax: number | null
}

export interface NightlyRun {
  readonly name: string
  readonly profile: Profile | null
  /** What the list asks for; `report.seeds` is what was run. */
  readonly seeds: number
  readonly report: CampaignReport
  readonly shrunk: Shrunk | NotShrunk | null
}

export interface NightlyReport {
  readonly protocol: ProtocolName
  readonly runs: readonly NightlyRun[]
  /** Over all of them. Its `violations` do not say which campaign they are of: those of `runs` do. */
  readonly joint: CampaignReport
  /** The cell that was hit least, and how often. */
  readonly fewest: { readonly cell: string; readonly times: number }
  /** Seeds until no cell and no deed was empty any more; null where one still is. */
  readonly fullAfterSeeds: number | null
}

export const isClean = ({ joint }: NightlyReport): boolean => joint.violations.length === 0 && joint.coverage.missing.length === 0

export async function runNightly(options: NightlyOptions, host: SimHost, onReport: (report: NightlyReport) => void): Promise<readonly NightlyReport[]> {
  const reports: NightlyReport[] = []
  const endsAtMs = options.secondsMax === null ? null : performance.now() + options.secondsMax * 1000
  let left = options.protocols.reduce((sum, protocol) => sum + NIGHTLY[protocol].length, 0)
  // Each gets the same part of the time that is left, so that none is left out.
  const share = (): number | null => (endsAtMs === null ? null : Math.max(0, endsAtMs - performance.now()) / 1000 / left--)
  for (const protocol of options.protocols) {
    if (host.stop.aborted) break
    const report = await runList(protocol, options, host, share)
    reports.push(report)
    onReport(report)
  }
  return reports
}

async function runList(protocol: ProtocolName, options: NightlyOptions, host: SimHost, share: () => number | null): Promise<NightlyReport> {
  const joint = new CampaignSummary(protocol)
  const begun = performance.now()
  const runs: NightlyRun[] = []
  let fullAfterSeeds: number | null = null
  let coreSeconds = 0
  const list = NIGHTLY[protocol]
  for (const [at, { name, profile, seeds }] of list.entries()) {
    if (host.stop.aborted) break
    const { report, shrunk } = await runCampaign(
      { ...options, protocol, profile, seeds: Math.min(seeds, options.seedsMax ?? seeds), secondsMax: share() },
      { ...host, progress: (text) => { host.progress(`${protocol}, ${name} (${at + 1} of ${list.length}): ${text}, ${joint.missing().length} cells and deeds empty`) } },
      (outcome) => {
        joint.add(outcome)
        if (fullAfterSeeds === null && joint.missing().length === 0) fullAfterSeeds = joint.seeds
      },
    )
    coreSeconds += report.coreSeconds
    runs.push({ name, profile, seeds, report, shrunk })
  }
  return { protocol, runs, joint: joint.report(performance.now() - begun, coreSeconds * 1000), fewest: joint.fewest(), fullAfterSeeds }
}
